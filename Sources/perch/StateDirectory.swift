import Agent
import Linux
import Text

/// Where the device keeps what it must not forget, one small file each.
struct StateDirectory {
    /// The files are a few lines each; a larger one is not ours.
    static let maximumFileSize = 256 * 1024
    /// What `reports.to` has not got yet; written by `JournalFile`.
    static let journal = "journal"

    let path: String

    /// - Parameter path: nil: systemd's `StateDirectory=`, else the packaged place.
    init(path: String?) { self.path = path ?? Environment["STATE_DIRECTORY"] ?? "/var/lib/perch" }

    /// What was stored last time, for `Agent`. A file that cannot be used is put aside with an error in the log, and is no reason to refuse to
    /// start: the outputs then come up as after a first start, which is safe.
    func load() -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        for name in StateFile.names where name != StateFile.login { if let bytes = load(name) { files.append((name, bytes)) } }
        return files
    }

    func load(_ name: String) -> [UInt8]? {
        let path = path(of: name)
        var kept: [UInt8]?
        do throws(SystemError) {
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try Files.read(path, limit: Self.maximumFileSize)
            } catch {
                if error.isAbsent { return nil }
                try Files.rename(path, to: path + ".unreadable")
                Log.error(filled("%; it was put aside as %.unreadable, %", error.description, name, StateFile.loss(name)))
                return nil
            }
            let verdict = StateFile.verdict(name, bytes)
            guard let aside = StateFile.aside(name, verdict) else { return bytes }
            if case .partly(let whole) = verdict {
                kept = whole
                // At no moment of a power cut the whole lines are in neither.
                try store(aside, bytes)
                try store(name, whole)
            } else {
                try Files.rename(path, to: self.path(of: aside))
            }
            Log.error(StateFile.remark(name, at: path, verdict, isDone: true))
        } catch {
            Log.error(filled("%; going on %", error.description, kept == nil ? "without what it held, " + StateFile.loss(name) : "with its whole lines"))
        }
        return kept
    }

    /// What `load` would not take, for `perch check`. Nothing is changed.
    func check() throws(Failure) {
        var failures: [String] = []
        for name in StateFile.names {
            let path = path(of: name)
            do throws(SystemError) {
                let verdict = StateFile.verdict(name, try Files.read(path, limit: Self.maximumFileSize))
                if verdict != .current { failures.append(StateFile.remark(name, at: path, verdict, isDone: false)) }
            } catch {
                let why = error.description
                if error.isPermission { return Console.print(filled("note: %, so the files of the state were not looked at; root and perch may", why)) }
                if !error.isAbsent { failures.append(filled("%; the next start puts it aside as %.unreadable, %", why, name, StateFile.loss(name))) }
            }
        }
        if !failures.isEmpty { throw Failure(.failed, failures) }
    }

    func path(of name: String) -> String { filled("%/%", path, name) }

    /// Adds to the end, without waiting for the disk.
    func append(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
        try Files.append(path(of: name), bytes, mode: 0o600)
    }

    func store(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
        try Files.replace(path(of: name), with: bytes, mode: 0o600)
    }
}
