import Text

extension Profile {
    /// Files looked at in one folder.
    static let fileLimit = 256

    /// The profile of that name from the first of `folders` that has it; the built-in simulated one where none has.
    ///
    /// Throws what is wrong with the file, or that there is none, with the nearest name that exists.
    ///
    /// - Parameter depth: how many profiles are `like` this one.
    public static func load(_ name: String, folders: [String], depth: Int = 0) throws(ProfileProblems) -> Profile {
        var known: [String] = []
        for folder in folders {
            // Names come from a folder's listing only, so "../x" is simply not known.
            for file in files(in: folder) {
                if file == name + ".conf" { return try read(folder, file, folders, depth) }
                known.append(file.droppingLast(5))
            }
        }
        if name == Profile.simulated.name { return .simulated }
        known.append(Profile.simulated.name)
        var text = filled("there is no profile \"%\"", name)
        var others = "; there are:"
        for other in known.prefix(32) { others += " " + other }
        text += Text.meant(name, known, others)
        throw ProfileProblems(list: [ProfileProblem(location: name, text: text)])
    }

    /// The profile whose `compatible` fits this computer best: the device tree lists the exact model first. nil for a computer without
    /// a device tree and for an unknown board. Files with mistakes are passed over; `perch check` finds them by name.
    ///
    /// - Parameter root: put before /proc, for tests.
    public static func detect(folders: [String], root: String = "") -> Profile? {
        guard case .bytes(let bytes) = Files.read(root + "/proc/device-tree/compatible") else { return nil }
        let wanted = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        var best: (rank: Int, profile: Profile)?
        for folder in folders {
            for file in files(in: folder) {
                // Most files are about other boards and need not be parsed to know it.
                guard case .bytes(let bytes) = Files.read(folder + "/" + file, limit: fileSizeLimit),
                    wanted.contains(where: { Text.contains(bytes, $0) }), let profile = try? read(folder, file, folders)
                else { continue }
                for (rank, name) in wanted.enumerated() where rank < (best?.rank ?? .max) && profile.compatible.contains(name) {
                    best = (rank, profile)
                }
            }
        }
        return best?.profile
    }

    private static func files(in folder: String) -> [String] {
        Array(Files.names(in: folder).filter { Text.hasSuffix($0, ".conf") && !Text.hasPrefix($0, ".") }.prefix(fileLimit))
    }

    private static func read(_ folder: String, _ file: String, _ folders: [String], _ depth: Int = 0) throws(ProfileProblems) -> Profile {
        switch Files.read(folder + "/" + file, limit: fileSizeLimit) {
        case .failed(let errno):
            throw ProfileProblems(list: [ProfileProblem(location: folder + "/" + file, text: words(errno: errno))])
        case .bytes(let bytes):
            if bytes.count == fileSizeLimit {
                let text = filled("the file is larger than % KiB", String(fileSizeLimit / 1024))
                throw ProfileProblems(list: [ProfileProblem(location: folder + "/" + file, text: text)])
            }
            return try parse(file: file, bytes, folders: folders, depth: depth)
        }
    }

    /// Bytes. The largest profile with its comments has 7 KB.
    private static let fileSizeLimit = 64 * 1024
}

/// The model as its maker calls it, e.g. "Raspberry Pi 4 Model B Rev 1.4"; nil on a computer without a device tree.
public func boardModel(root: String = "") -> String? {
    Files.line(root + "/proc/device-tree/model")
}
