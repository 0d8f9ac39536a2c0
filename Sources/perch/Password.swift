import Linux
import Text

/// A password from a systemd credential or a file; never from the command line, which everybody can see.
enum Password {
    /// Bytes; a larger file is a mistake.
    static let maximumLength = 1024

    /// Where the unit's `LoadCredential=` finds it.
    static let credentialStore = "/etc/credstore/perch.password"

    /// The account's: the systemd credential "password" where there is one, else the configured file.
    static func ofAccount(file: String?) throws(Failure) -> String {
        if let directory = Environment["CREDENTIALS_DIRECTORY"] {
            let credential = directory + "/password"
            var isThere = false
            do throws(SystemError) { isThere = try Files.info(credential) != nil } catch {}
            // systemd gives it to this service alone, whatever its mode bits say.
            if isThere { return try fromCredential(credential) }
        }
        // Whoever checks is not the service: systemd would hand this one on.
        var isStored = false, isHidden = false
        do throws(SystemError) {
            if Environment["CREDENTIALS_DIRECTORY"] == nil { isStored = try Files.info(credentialStore) != nil }
        } catch {
            isHidden = error.isPermission
        }
        if isStored {
            do throws(Failure) {
                return try fromCredential(credentialStore)
            } catch {
                guard error.code == .permission else { throw error }
                isHidden = true
            }
        }
        guard let file else {
            if isHidden {
                throw Failure(
                    .permission,
                    filled(
                        "password: the configuration names no password-file, and the systemd credential in % is for root only; run this as root",
                        credentialStore))
            }
            throw Failure(
                .configuration,
                "no password: write `password-file = /etc/perch/password` under [account], or give the service a credential named \"password\"")
        }
        return try from(file)
    }

    /// What systemd keeps or hands over, whatever its mode.
    static func fromCredential(_ path: String) throws(Failure) -> String { try read(path, Files.read) }

    /// A file that others can read is refused: what is in it is no secret any more.
    static func from(_ path: String) throws(Failure) -> String { try read(path, Files.readSecret) }

    private static func read(
        _ path: String, _ reader: (String, Int) throws(SystemError) -> [UInt8]
    ) throws(Failure) -> String {
        var bytes: [UInt8]
        do throws(SystemError) {
            bytes = try reader(path, maximumLength)
        } catch {
            if error.operation == Files.distrust {
                throw Failure(.configuration, filled("password: others may read or change %, so it is no secret; run: chmod o= %", path, path))
            }
            throw Failure(error, otherwise: .configuration, before: "password: ")
        }
        // Editors and `echo` end a line; that is not part of the password.
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Failure(.configuration, filled("password: % is empty", path)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
