import Agent
import Crypto
import Linux
import TLS
import Text
import XMPP

/// An account with everything that is needed to log in: read and checked before anything is started.
final class Login {
    let account: AccountConfiguration
    let credentials: Credentials
    let context: TLSContext

    /// - Parameter password: nil: the account's own (credential or file); not asked for with a client certificate.
    init(_ account: AccountConfiguration, password: String? = nil) throws(Failure) {
        self.account = account
        if account.certificate != nil, account.passwordFile == nil, password == nil {
            credentials = .external
        } else if let password {
            credentials = .password(password)
        } else {
            credentials = .password(try Password.ofAccount(file: account.passwordFile))
        }
        for file in [account.tlsCA, account.certificate] { try Self.checkReadable(file) }
        do throws(TLSError) {
            let pin = account.tlsPin.flatMap { TLSPin($0) }
            context = try TLSContext(TLSSettings(authorities: account.tlsCA, pin: pin, certificate: account.certificate))
        } catch {
            throw Failure(.configuration, error.description)
        }
    }

    /// OpenSSL does not tell a missing permission from a mistake, and the exit code must.
    private static func checkReadable(_ file: String?) throws(Failure) {
        guard let file else { return }
        do throws(SystemError) {
            _ = try Files.read(file, limit: maximumFileSize)
        } catch {
            throw Failure(error, otherwise: .configuration)
        }
    }

    /// Bytes. The bundle of all of Debian's authorities has 220 KB.
    private static let maximumFileSize = 1024 * 1024

    /// How a program of ours shows itself on the network.
    final class Appearance {
        let identity: Identity
        /// The address ends with it unless the account names one.
        let resource: String?
        let isTrusted: (JID) -> Bool
        let requestsRoster: Bool

        init(identity: Identity, resource: String? = nil, isTrusted: @escaping (JID) -> Bool, requestsRoster: Bool = true) {
            self.identity = identity
            self.resource = resource
            self.isTrusted = isTrusted
            self.requestsRoster = requestsRoster
        }
    }

    func settings(_ appearance: Appearance, reconnects: Bool) -> Connection.Settings {
        Connection.Settings(
            jid: account.jid,
            server: account.server.map { Endpoint(host: $0.host, port: $0.port, isDirectTLS: $0.directTLS) },
            context: context,
            makeOptions: { [self] memory throws(CryptoError) in
                SessionOptions(
                    jid: account.jid, credentials: credentials, allowPlain: account.allowPlain,
                    resource: account.jid.resource ?? appearance.resource, idSeed: try randomText(bytes: 9),
                    clientNonce: try randomText(bytes: 18),
                    software: SoftwareInfo(name: "Perch", version: Version.number, os: Host.kernel),
                    identity: appearance.identity, isTrusted: appearance.isTrusted,
                    requestsRoster: appearance.requestsRoster, memory: memory)
            },
            reconnects: reconnects)
    }

    /// What was learnt before and still holds. Whoever changes how the account is reached wants to begin anew.
    func memory(from file: [UInt8]?) -> LoginMemory {
        var memory = LoginMemory(file)
        var settings = filled("% % %", account.jid.bare.description, account.tlsCA ?? "", account.tlsPin?.description ?? "")
        settings += filled(" % %", account.certificate ?? "", account.allowPlain ? "1" : "0")
        if let server = account.server { settings += filled(" % % %", server.host, String(server.port), server.directTLS ? "1" : "0") }
        do throws(CryptoError) {
            memory.enter(scope: Hex.encode(Array(try Digest.sha256(Array(settings.utf8))[..<8])))
            if memory.agent.isEmpty { memory.agent = Self.uuid(try randomBytes(16)) }
        } catch {
            return LoginMemory()
        }
        return memory
    }

    /// RFC 9562 §5.4.
    private static func uuid(_ bytes: [UInt8]) -> String {
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (at, byte) in bytes.enumerated() {
            if at == 4 || at == 6 || at == 8 || at == 10 { text += "-" }
            text += Hex.encode([byte])
        }
        return text
    }
}
