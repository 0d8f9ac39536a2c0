import Agent
import Linux
import Text

/// The configuration file, read and checked.
enum ConfigurationFile {
    static let defaultPath = "/etc/perch/perch.conf"
    /// Five hundred lines and sensors fit in a tenth of it.
    static let maximumSize = 256 * 1024

    /// All mistakes are in the failure, each as `FILE:LINE: text`.
    static func load(_ path: String) throws(Failure) -> Configuration {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: maximumSize)
        } catch {
            throw Failure(error.isPermission ? .permission : .configuration, "\(error)")
        }
        let result = Configuration.load(
            file: path, bytes: bytes, parts: { DataDirectory.read(.parts, $0) }, partNames: DataDirectory.names(.parts))
        switch result {
        case .configuration(let configuration): return configuration
        case .problems(let problems): throw Failure(.configuration, problems.map { $0.description })
        }
    }
}
