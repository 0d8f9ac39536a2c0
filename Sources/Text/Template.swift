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
public func filled(_ template: StaticString, _ a: String, _ b: String, _ c: String) -> String {
    var text: [UInt8] = []
    var place = 0
    template.withUTF8Buffer { letters in
        for byte in letters {
            if byte != UInt8(ascii: "%") {
                text.append(byte)
                continue
            }
            text += Array((place == 0 ? a : place == 1 ? b : c).utf8)
            place += 1
        }
    }
    return String(decoding: text, as: UTF8.self)
}
