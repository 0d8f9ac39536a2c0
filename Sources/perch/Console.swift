import CLinux
import Text

/// Standard output for people and scripts; what is logged goes to stderr by `Log`.
enum Console {
    /// One line, written at once, so that a script that reads us through a pipe need not wait.
    static func print(_ line: String) { write(line + "\n") }

    /// One line on stderr.
    static func complain(_ line: String) { write(line + "\n", to: 2) }

    static func write(_ text: String, to descriptor: Int32 = 1) {
        var text = text
        text.withUTF8 { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            while rest.count > 0 {
                let written = cl_write(descriptor, rest.baseAddress, rest.count)
                // Nobody reads any more (`perch lines | head`): there is nobody to tell either.
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[Int(written)...])
            }
        }
    }

    static var isInputTerminal: Bool { cl_is_terminal(0) }
    static var isOutputTerminal: Bool { cl_is_terminal(1) }
}
