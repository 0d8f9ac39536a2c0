import Foundation

/// A root folder with the files of a /sys and /proc to read.
final class FakeTree {
    let root: String

    /// All trees of this run; removed when the process ends, so that no test can outlive its tree.
    private static let home: String = {
        let path = NSTemporaryDirectory() + "perch-trees-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: FakeTree.home) }
        return path
    }()

    init(_ files: [String: String] = [:], links: [String: String] = [:]) throws {
        root = FakeTree.home + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for (path, text) in files { try write(path, text) }
        for (path, target) in links {
            try makeFolder(of: path)
            try FileManager.default.createSymbolicLink(atPath: root + "/" + path, withDestinationPath: target)
        }
    }

    func write(_ path: String, _ text: String) throws {
        try makeFolder(of: path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: root + "/" + path))
    }

    /// Makes a folder of a file: it can be neither read nor written, not even by root.
    func refuse(_ path: String) throws {
        try FileManager.default.removeItem(atPath: root + "/" + path)
        try FileManager.default.createDirectory(atPath: root + "/" + path, withIntermediateDirectories: true)
    }

    func move(_ path: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: root + "/" + path, toPath: root + "/" + to)
    }

    private func makeFolder(of path: String) throws {
        let folder = (root + "/" + path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
}
