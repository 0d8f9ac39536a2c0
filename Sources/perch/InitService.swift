import CLinux
import Text

/// The service, once there is something to serve.
enum InitService {
    /// Starts it where systemd runs and knows it; otherwise says how. What went wrong, one line each; nil when nothing did.
    static func start(_ path: String, isWanted: Bool) -> [String]? {
        guard path == ConfigurationFile.defaultPath else {
            Console.print(filled("To start it: perch run --config %", path))
            return nil
        }
        let hasUnit = ["/etc", "/usr/lib", "/lib"].contains { cl_access($0 + "/systemd/system/perch.service", F_OK) == 0 }
        guard isWanted, hasUnit, cl_user() == 0, cl_access("/run/systemd/system", F_OK) == 0 else {
            Console.print(hasUnit ? "To start it: systemctl enable --now perch" : "To start it: perch run (there is no perch.service here)")
            return nil
        }
        // Not `enable --now`, which leaves a service alone that runs with the old configuration.
        for action in ["enable", "restart"] {
            let words = ["systemctl", "--quiet", action, "perch.service"]
            let status = cl_run(words.joined(separator: "\0"), Int32(words.count))
            if status != 0 {
                return [filled("the configuration is written, but `systemctl % perch` failed; why: journalctl -u perch -n 20, perch check --connect", action)]
            }
        }
        Console.print("perch.service is running, and starts at every boot.")
        return nil
    }
}
