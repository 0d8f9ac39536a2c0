// A sentence that is put together with `\(…)` is sixty bytes of machine code for every piece, and Perch has hundreds of sentences. These are one
// call for the whole: `filled("% is no %", name, "line")`.

/// `template` with the text where its `%` is.
@inline(never)
public func filled(_ template: StaticString, _ a: String) -> String { filled(template, a, "", "") }

/// `template` with the two texts where its `%`s are, in that order.
@inline(never)
public func filled(_ template: StaticString, _ a: String, _ b: String) -> String { filled(template, a, b, "") }

/// `template` with the three texts where its `%`s are, in that order.
@inline(never)
public func filled(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> String { fill(template, UInt8(ascii: "%"), a, b, c, "") }

/// `template` with the texts where `$1` to `$4` stand, as often as they do; a `%` is only itself.
@inline(never)
public func filled(numbered template: StaticString, _ a: String, _ b: String, _ c: String, _ d: String) -> String {
    fill(template, UInt8(ascii: "$"), a, b, c, d)
}

@inline(never)
private func fill(_ template: StaticString, _ mark: UInt8, _ a: String, _ b: String, _ c: String, _ d: String) -> String {
    var text: [UInt8] = []
    var place = 0, isMarked = false
    template.withUTF8Buffer { letters in
        for byte in letters {
            if isMarked {
                place = Int(byte) - 48
                isMarked = false
            } else if byte != mark {
                text.append(byte)
                continue
            } else if mark != UInt8(ascii: "%") {
                isMarked = true
                continue
            } else {
                place += 1
            }
            text += Array((place == 1 ? a : place == 2 ? b : place == 3 ? c : d).utf8)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
