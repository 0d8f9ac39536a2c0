import Text

// A sentence that is put together with `\(…)` is some sixty bytes of machine code for every piece, and there are hundreds of sentences.

/// The template with the parts where `$1` to `$4` stand, as often as they do: `say("$1 is on; say \"$1 off\"", "lamp")`.
@inline(never)
func say(_ template: StaticString, _ one: String, _ two: String, _ three: String, _ four: String) -> String {
    filled(numbered: template, one, two, three, four)
}

@inline(never)
func say(_ template: StaticString, _ one: String, _ two: String, _ three: String) -> String { say(template, one, two, three, "") }

@inline(never)
func say(_ template: StaticString, _ one: String, _ two: String) -> String { say(template, one, two, "", "") }

@inline(never)
func say(_ template: StaticString, _ one: String) -> String { say(template, one, "", "", "") }

@inline(never)
func digits(_ number: Int) -> String { String(number) }
