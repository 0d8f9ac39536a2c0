import Crypto

@testable import XMPP

/// SCRAM: a login only ever succeeds with the signature of somebody who has the password.
///
/// Lines: flags (`1`, `2`, `5` for the hash, `b` bound to the channel, `n` would bind), the server's challenge, its final message. `{r}` stands for the
/// nonce so far, `{v}` for the right signature.
func fuzzSCRAM(_ input: [UInt8]) throws(Broken) {
    let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false).map { Array($0) }
    guard lines.count >= 2 else { return }
    let flags = lines[0]
    let hash: Hash = flags.contains(UInt8(ascii: "5")) ? .sha512 : flags.contains(UInt8(ascii: "2")) ? .sha256 : .sha1
    let nonce = "fyko+d2lbbFgONRv9qkxdawL"
    let binding: ChannelBinding =
        flags.contains(UInt8(ascii: "b")) ? .bound(type: "tls-exporter", data: [1, 2, 3]) : flags.contains(UInt8(ascii: "n")) ? .notOffered : .none
    let client: SCRAMClient
    do throws(SCRAMError) {
        client = try SCRAMClient(hash: hash, username: "user", password: "pencil", nonce: nonce, channelBinding: binding)
    } catch {
        throw Broken(description: "our own account is refused: \(error.description)")
    }
    let challenge = replace("{r}", Array(nonce.utf8), in: lines[1])
    if asksForMuch(challenge) { return }
    let response: [UInt8]
    do throws(SCRAMError) { response = try client.respond(to: challenge) } catch {
        try require(error.description.utf8.count < 300, "an error of \(error.description.utf8.count) bytes")
        do throws(SCRAMError) { try client.verify(lines.count > 2 ? lines[2] : []) } catch { return }
        throw Broken(description: "a login that had failed succeeded")
    }
    try require(response.count <= challenge.count + 400, "a response of \(response.count) bytes to a challenge of \(challenge.count)")
    try require(!response.contains { $0 < 0x20 || $0 > 0x7E }, "a response that is not printable")
    guard let keys = client.keys else { throw Broken(description: "answered without keys") }
    try require((SCRAMClient.fewestIterations...SCRAMClient.mostIterations).contains(keys.iterations), "\(keys.iterations) iterations")

    let signature = try signature(of: client, challenge, response, keys)
    let final = replace("{v}", signature, in: lines.count > 2 ? lines[2] : [])
    var more: [UInt8] = []
    do throws(SCRAMError) {
        // Some servers sign in a challenge of its own.
        if flags.contains(UInt8(ascii: "c")) { more = try client.respond(to: final) } else { try client.verify(final) }
    } catch {
        return try require(final != Array("v=".utf8) + signature, "the right signature is refused: \(error.description)")
    }
    try require(more.isEmpty, "more to say behind the signature")
    try require(final.starts(with: Array("v=".utf8) + signature), "a login without the right signature")
}

/// In base 64, as the server computes it.
private func signature(of client: SCRAMClient, _ challenge: [UInt8], _ response: [UInt8], _ keys: SCRAMKeys) throws(Broken) -> [UInt8] {
    let initial = client.initialMessage
    // Behind the gs2 header's second comma.
    var commas = 0, bare = 0
    for (index, byte) in initial.enumerated() where byte == UInt8(ascii: ",") {
        commas += 1
        if commas == 2 { bare = index + 1 }
    }
    var end = response.count
    for index in response.indices.dropLast(2) where response[index...].starts(with: Array(",p=".utf8)) { end = index }
    let message = initial[bare...] + [UInt8(ascii: ",")] + challenge + [UInt8(ascii: ",")] + response[..<end]
    do throws(CryptoError) { return Base64.encodeBytes(try HMAC.authenticate(client.hash, key: keys.serverKey, Array(message))) } catch {
        throw Broken(description: "\(error)")
    }
}

func replace(_ word: String, _ value: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    let word = Array(word.utf8)
    var result: [UInt8] = [], at = 0
    while at < bytes.count {
        if bytes[at...].starts(with: word), result.count < FuzzTarget.longest {
            result += value
            at += word.count
        } else {
            result.append(bytes[at])
            at += 1
        }
    }
    return result
}

/// Whether a server's first message asks for many iterations, which is allowed: a million take a second.
func asksForMuch(_ challenge: [UInt8]) -> Bool {
    challenge.split(separator: UInt8(ascii: ",")).contains {
        $0.starts(with: Array("i=".utf8)) && (10_000...SCRAMClient.mostIterations).contains(Int(String(decoding: $0.dropFirst(2), as: UTF8.self)) ?? 0)
    }
}
