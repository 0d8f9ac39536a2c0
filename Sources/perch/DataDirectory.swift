import Linux
import Text

/// The board profiles and parts: `$PERCH_DATA`, else what the package installed.
///
/// The folder has `boards/NAME.conf` and `parts/NAME.conf`.
enum DataDirectory {
    enum Kind: String { case boards, parts }

    /// A profile or part is a page or two of text; more is not one of ours.
    static let maximumFileSize = 64 * 1024

    static var path: String { Environment["PERCH_DATA"] ?? "/usr/share/perch" }

    /// nil where there is no such file.
    static func read(_ kind: Kind, _ name: String) -> [UInt8]? {
        // A name is one path component: "../" in a configuration must not reach other files.
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
        do throws(SystemError) {
            return try Files.read(filled("%/%/%.conf", path, kind.rawValue, name), limit: maximumFileSize)
        } catch {
            return nil
        }
    }

    /// The names that `read` takes, sorted.
    static func names(_ kind: Kind) -> [String] {
        do throws(SystemError) {
            return try Files.list(filled("%/%", path, kind.rawValue)).compactMap { file in
                file.hasSuffix(".conf") ? file.droppingLast(5) : nil
            }
        } catch {
            return []
        }
    }
}
