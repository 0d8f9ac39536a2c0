import CLinux
import Text

/// The systemd credential that the service takes its password from, whatever perch.conf names.
enum InitCredential {
    /// Where systemd looks for what the unit calls `perch.password` (systemd.exec(5), `LoadCredential=`), and the encrypted ones, which a
    /// drop-in with `LoadCredentialEncrypted=` takes. Without systemd perch looks into the first one.
    static let folders = [
        "/etc/credstore", "/run/credentials/@system", "/run/credstore", "/usr/local/lib/credstore", "/usr/lib/credstore",
        "/etc/credstore.encrypted", "/run/credstore.encrypted", "/usr/lib/credstore.encrypted",
    ]

    /// Refuses to set up an account whose service would log in with another password than this one.
    /// - Parameter configuration: another one than the service's has only what perch itself looks for.
    static func check(_ password: String?, _ configuration: String) throws(Failure) {
        for folder in configuration == ConfigurationFile.defaultPath ? folders[...] : folders.prefix(1) {
            let path = folder + "/perch.password"
            if cl_access(path, F_OK) < 0 { continue }
            let isEncrypted = folder.hasSuffix(".encrypted")
            if !isEncrypted, let password { do throws(Failure) { if try Password.fromCredential(path) == password { continue } } catch {} }
            throw Failure(
                .configuration,
                [
                    filled("%: the service logs in with the password in there, not with one that perch init writes; nothing was changed", path),
                    filled("  if it is an earlier account's: rm %", path),
                    isEncrypted
                        ? "  if it is this account's: move it away, and back when perch init is done"
                        : filled("  if it is this account's: perch init --password-file %", path),
                ])
        }
    }
}
