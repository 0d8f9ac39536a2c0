import Text

// A sentence that is put together with `\(…)` is some sixty bytes of machine code for every piece, and there are hundreds of sentences.

/// The template with the parts where `$1` to `$4` stand, as often as they do: `say("$1 is on; say \"$1 off\"", "lamp")`.
@inline(never)
func say(_ template: String, _ one: String, _ two: String, _ three: String, _ four: String) -> String {
    var text: [UInt8] = []
    var isPlace = false
    for byte in Array(template.utf8) {
        if isPlace {
            let part = byte == UInt8(ascii: "1") ? one : byte == UInt8(ascii: "2") ? two : byte == UInt8(ascii: "3") ? three : four
            text += Array(part.utf8)
            isPlace = false
        } else if byte == UInt8(ascii: "$") {
            isPlace = true
        } else {
            text.append(byte)
        }
    }
    return String(decoding: text, as: UTF8.self)
}

@inline(never)
func say(_ template: String, _ one: String, _ two: String, _ three: String) -> String { say(template, one, two, three, "") }

@inline(never)
func say(_ template: String, _ one: String, _ two: String) -> String { say(template, one, two, "", "") }

@inline(never)
func say(_ template: String, _ one: String) -> String { say(template, one, "", "", "") }

@inline(never)
func digits(_ number: Int) -> String { String(number) }
