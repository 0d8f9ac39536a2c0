import CLinux
import Linux
import Text
import Time
import XMPP

/// What `perch init` writes: all of it or nothing, whatever happens in between.
struct InitFiles {
    /// root writes, the service reads (perch.tmpfiles).
    static let mode: UInt32 = 0o640

    let path: String
    let folder: String
    /// Whose members may read: the service's, where root writes and there is one.
    let group: UInt32?

    init(_ path: String) throws(Failure) {
        guard path.utf8.first == UInt8(ascii: "/") else { throw Failure(.usage, filled("--config %: write an absolute path, beginning with \"/\"", path)) }
        self.path = path
        folder = Files.directory(of: path)
        let number = cl_user() == 0 ? cl_group("perch") : -1
        group = number < 0 ? nil : UInt32(truncatingIfNeeded: number)
        // Before anybody is asked anything.
        let place = exists(folder) ? folder : Files.directory(of: folder)
        let access = cl_access(place, W_OK | X_OK)
        if access < 0 {
            let problem = SystemError(operation: "write to", errno: 0 &- access, object: place)
            throw Failure(problem, after: problem.isPermission && cl_user() != 0 ? "; run it as root: sudo perch init" : "")
        }
    }

    func exists(_ path: String) -> Bool { cl_access(path, F_OK) == 0 }

    /// Where a password waits while its account is being made, so that nothing loses it.
    func waiting(_ jid: JID) -> String { filled("%/.registering-%", folder, jid.description) }

    func keep(_ password: String, of jid: JID) throws(Failure) {
        do throws(SystemError) {
            try Files.makeDirectory(folder, mode: 0o750, group: group)
            try Files.replace(waiting(jid), with: Array((password + "\n").utf8), mode: 0o600)
        } catch {
            throw Failure(error, after: "; nothing was registered")
        }
    }

    func forget(_ jid: JID) { _ = cl_unlink(waiting(jid)) }

    /// `FOLDER/password`, or where that is another account's, which a copy of the old configuration still needs, a file with this one's name.
    /// So the renaming of perch.conf alone is the step from the old account to the new one.
    func passwordFile(_ jid: JID, _ password: String) -> String {
        let usual = folder + "/password"
        if !exists(usual) { return usual }
        do throws(Failure) { if try Password.from(usual) == password { return usual } } catch {}
        return filled("%-%", usual, jid.description)
    }

    /// Writes both files. Returns where the old configuration is now.
    func write(_ text: String, password: String, to passwordFile: String, replaces: Bool) throws(SystemError) -> String? {
        cl_on_interrupt(nil)
        try Files.makeDirectory(folder, mode: 0o750, group: group)
        var copy: String?
        let hadPassword = exists(passwordFile)
        do throws(SystemError) {
            if exists(path) {
                guard replaces else { throw SystemError(operation: "write", errno: EEXIST, object: path) }
                let name = filled("%.%", path, Timestamp(milliseconds: cl_wall_ms() / 1000 * 1000).description)
                try Files.replace(name, with: try Files.read(path, limit: ConfigurationFile.maximumSize), mode: Self.mode, group: group)
                copy = name
            }
            try Files.replace(passwordFile, with: Array((password + "\n").utf8), mode: Self.mode, group: group)
            try Files.replace(path, with: Array(text.utf8), mode: Self.mode, group: group)
        } catch {
            if !hadPassword { _ = cl_unlink(passwordFile) }
            if let copy { _ = cl_unlink(copy) }
            throw error
        }
        return copy
    }
}
