import Text

/// A pin as the owner writes it.
///
/// Chip numbers (`gpiochip0:17`) are parsed only to be refused with the right spelling: they are not stable. The Pi 5's header was
/// gpiochip4, then gpiochip0, and 11 to 15 on other kernels.
public indirect enum PinReference: Equatable, Sendable {
    /// The kernel's line name: `GPIO17`.
    case line(String)
    /// A pin of the board's header: `pin 11`.
    case header(Int)
    /// A line of the chip with this label: `pinctrl-bcm2711:17`.
    case offset(label: String, Int)
    case chipNumber(chip: String, Int)

    /// Pins. No header has more.
    static let headerLimit = 999
    /// Lines of one chip. The kernel's own limit for dynamic chips was 512 for long.
    static let offsetLimit = 65_535

    /// Never guesses; throws `.invalid` in words.
    public init(_ written: String) throws(BoardError) {
        let text = Text.trimmed(written)
        if text.isEmpty { throw .invalid("no pin is named; write for example GPIO17, pin 11 or LABEL:OFFSET") }
        if Text.number(text, limit: .max) != nil {
            throw .invalid("\"%\" could be a pin of the header or a line; write pin % or GPIO%", text, text, text)
        }
        if let number = PinReference.headerPin(text) {
            // A pin of one of two headers, as the BeagleBones have them: its line is called so.
            if let (header, pin) = Text.split(number, at: UInt8(ascii: ".")) ?? Text.split(number, at: UInt8(ascii: "_")), !header.isEmpty, !pin.isEmpty {
                self = .line(filled("%_%", header, pin))
                return
            }
            guard let pin = Text.number(number, limit: PinReference.headerLimit), pin > 0 else {
                throw .invalid("\"%\": the header's pins are numbered, as in pin 11", text)
            }
            self = .header(pin)
            return
        }
        if let (label, number) = Text.splitLast(text, at: UInt8(ascii: ":")) {
            guard let offset = Text.number(number, limit: PinReference.offsetLimit) else {
                // A line name may have a colon of its own, but not at its end.
                if number.isEmpty { throw .invalid("\"%\": the line's offset is missing after the colon", text) }
                self = .line(text)
                return
            }
            if label.isEmpty { throw .invalid("\"%\": the chip's label is missing before the colon", text) }
            self = PinReference.isChipNumber(label) ? .chipNumber(chip: label, offset) : .offset(label: label, offset)
            return
        }
        self = .line(text)
    }

    /// What follows the word "pin", e.g. "11"; nil where the text does not begin with that word.
    private static func headerPin(_ text: String) -> String? {
        let words = Text.words(text)
        guard words.count == 2, words[0] == "pin" || words[0] == "Pin" || words[0] == "PIN" else { return nil }
        return words[1]
    }

    private static func isChipNumber(_ label: String) -> Bool {
        var name = label
        if Text.hasPrefix(name, "/dev/") { name = name.dropping(5) }
        guard Text.hasPrefix(name, "gpiochip") else { return false }
        return Text.number(name.dropping(8), limit: .max) != nil
    }
}
