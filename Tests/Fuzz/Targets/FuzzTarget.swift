@testable import XMPP

/// One entry function: given bytes, it exercises a part of Perch and throws when a rule is broken.
/// `make fuzz` gives it libFuzzer's inputs, `swift test` replays the corpus and every crasher there ever was.
struct FuzzTarget: Sendable {
    /// Also the name of its folders under `corpus/` and `crashers/` and of its dictionary.
    let name: String
    let run: @Sendable ([UInt8]) throws(Broken) -> Void

    static let all = [
        FuzzTarget(name: "stream", run: fuzzStream),
        FuzzTarget(name: "session", run: fuzzSession),
        FuzzTarget(name: "scram", run: fuzzSCRAM),
        FuzzTarget(name: "jid", run: fuzzJID),
        FuzzTarget(name: "chat", run: fuzzChat),
        FuzzTarget(name: "configuration", run: fuzzConfiguration),
        FuzzTarget(name: "senml", run: fuzzSenML),
        FuzzTarget(name: "state", run: fuzzState),
    ]

    /// Bytes of one input. What is longer tells nothing that is not told by a shorter one, but slower.
    static let longest = 16 * 1024
}

/// A rule that did not hold, in words.
struct Broken: Error, CustomStringConvertible {
    var description: String
}

func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Broken) {
    if !holds { throw Broken(description: rule()) }
}

/// The one element that these bytes are, as an ordinary reader of XML sees it.
func onlyElement(_ xml: [UInt8]) throws(Broken) -> Element {
    let parser = XMLStreamParser(limits: XMLLimits(stanzaBytes: 16 * XMLLimits.stanzaBytes, tagBytes: 16 * XMLLimits.tagBytes))
    // The root has no namespace, so that an element without one keeps none.
    parser.feed(Array("<x>".utf8))
    parser.feed(xml)
    let event: XMLEvent?
    do throws(XMLError) {
        _ = try parser.nextEvent()
        event = try parser.nextEvent()
    } catch {
        throw Broken(description: "our own XML is refused (\(error.description)): \(String(decoding: xml, as: UTF8.self))")
    }
    guard case .element(let element)? = event else { throw Broken(description: "our own XML is no element: \(String(decoding: xml, as: UTF8.self))") }
    return element
}

/// An input as lines: the first byte of each says what it is, so that a fuzzer's changes give other sensible inputs.
struct Steps {
    struct Step {
        var kind: UInt8
        var data: ArraySlice<UInt8>

        /// What follows, as a number from 0 to 255.
        var number: Int { Int(data.first ?? 0) }
        var text: String { String(decoding: data, as: UTF8.self) }
        func `is`(_ letter: Unicode.Scalar) -> Bool { kind == UInt8(truncatingIfNeeded: letter.value) }
    }

    /// Steps of one input that are carried out.
    static let most = 200

    var flags: ArraySlice<UInt8> = []
    var steps: [Step] = []

    /// The first line has flags, each of the others one step.
    init(_ input: [UInt8]) {
        var isFirst = true
        for line in input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if isFirst {
                flags = line
                isFirst = false
            } else if let kind = line.first, steps.count < Steps.most {
                steps.append(Step(kind: kind, data: line.dropFirst()))
            }
        }
    }

    func has(_ letter: Unicode.Scalar) -> Bool { flags.contains(UInt8(truncatingIfNeeded: letter.value)) }
}
