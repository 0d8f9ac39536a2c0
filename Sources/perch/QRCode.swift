import CLinux
import Linux
import Text

/// A QR code on a terminal.
enum QRCode {
    /// Light modules on each side (ISO/IEC 18004 §9.1 wants four; cameras are content with two, and small screens too).
    static let margin = 2

    /// Rows of half blocks, two modules a character, in the terminal's black and white whatever its own colours are. nil without libqrencode.
    static func rows(_ text: String) -> [String]? {
        var modules = [UInt8](repeating: 0, count: Int(CL_QR_LIMIT))
        let side = Int(modules.withUnsafeMutableBufferPointer { cl_qr(text, $0.baseAddress, $0.count) })
        return side > 0 ? rows(modules, side) : nil
    }

    static func rows(_ modules: [UInt8], _ side: Int) -> [String] {
        func isDark(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < side && y < side && modules[y * side + x] != 0
        }
        var rows: [String] = []
        var y = 0 - margin
        while y < side + margin {
            // White on black: a light module is a drawn one.
            var row = "\u{1B}[40;37;1m"
            for x in (0 - margin)..<(side + margin) {
                let below = y + 1 >= side + margin || isDark(x, y + 1)
                row += isDark(x, y) ? (below ? " " : "▄") : (below ? "▀" : "█")
            }
            rows.append(row + "\u{1B}[0m")
            y += 2
        }
        return rows
    }

    /// Whether this terminal shows half blocks (locale(7): the first of the three that is set decides).
    static var isShowable: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = Environment[name], !value.isEmpty else { continue }
            let locale = value.lowercased()
            return locale.hasSuffix("utf-8") || locale.hasSuffix("utf8")
        }
        return false
    }

    /// `xmpp:name@domain` (RFC 5122), with what a URI cannot hold as %XX.
    static func uri(_ address: String) -> String {
        var bytes = Array("xmpp:".utf8)
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in Array(address.utf8) {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "@"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
