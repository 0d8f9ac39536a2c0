import Linux
import Text

/// Where the device keeps what it must not forget, one small file each.
struct StateDirectory {
    /// The files are a few lines each; a larger one is not ours.
    static let maximumFileSize = 256 * 1024
    /// The names that `Agent` stores and wants back.
    static let names = ["lines", "counters", journal, "acted"]
    /// What `reports.to` has not got yet; written by `JournalFile`.
    static let journal = "journal"
    /// `LoginMemory`'s; it holds a secret.
    static let login = "login"

    let path: String

    /// - Parameter path: nil: systemd's `StateDirectory=`, else the packaged place.
    init(path: String?) { self.path = path ?? Environment["STATE_DIRECTORY"] ?? "/var/lib/perch" }

    /// What was stored last time. A file that cannot be read is worth a warning, not a refusal to start:
    /// the outputs then come up as after a first start, and what was not delivered is lost.
    func load() -> [String: [UInt8]] {
        var saved: [String: [UInt8]] = [:]
        for name in Self.names { saved[name] = load(name) }
        return saved
    }

    func load(_ name: String) -> [UInt8]? {
        do throws(SystemError) {
            return try Files.read("\(path)/\(name)", limit: Self.maximumFileSize)
        } catch {
            if !error.isAbsent { Log.warning("\(error); going on without what it held") }
            return nil
        }
    }

    func path(of name: String) -> String { "\(path)/\(name)" }

    /// Adds to the end, without waiting for the disk.
    func append(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
        try Files.append(path(of: name), bytes, mode: 0o600)
    }

    func store(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
        try Files.replace("\(path)/\(name)", with: bytes, mode: 0o600)
    }
}
