import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The folders and files of a root file system that a sandbox has others bound to.
public enum RootMountPoints {
    /// With their permissions, where they have to be made.
    static let folders: [(path: FilePath, mode: mode_t)] = [
        ("var/task", 0o755), ("opt", 0o755), ("tmp", 0o1777), ("proc", 0o555), ("dev", 0o755),
    ]

    /// The files of /etc that are the sandbox's own.
    public static let configurationFiles = ["passwd", "group", "hosts", "nsswitch.conf", "resolv.conf"]

    static var files: [FilePath] { configurationFiles.map { FilePath("etc").appending($0) } }

    /// Whether all of them are there, none of them below or behind a link.
    public static func areThere(in folder: FilePath) -> Bool {
        folders.allSatisfy { isThere($0.path, S_IFDIR, in: folder) } && files.allSatisfy { isThere($0, S_IFREG, in: folder) }
    }

    /// Makes them in a folder of nothing else, which is laid over a root file system that lacks some; one that is there stays as it is.
    public static func make(in folder: FilePath) throws {
        guard !areThere(in: folder) else { return }
        try WholeFile.makeAtOnce(folder) { partial in
            do {
                try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: true)
            } catch {
                throw LaminaError(.inputOutput, "cannot make the folder \(partial)", cause: error)
            }
            try make(in: RootFolder(partial))
        }
        guard areThere(in: folder) else { throw LaminaError(.inputOutput, "\(folder) is damaged; remove it") }
    }

    /// The folders above them that are something else, such as a link, in a root file system.
    public static func obstacles(in folder: FilePath) -> [FilePath] {
        ["var", "etc"].filter { mode(folder.appending($0)).map { $0 & S_IFMT != S_IFDIR } ?? false }.map { FilePath($0) }
    }

    /// Makes those that are missing; what else has their names goes.
    static func make(in root: borrowing RootFolder) throws {
        for path in ["var", "etc"] where obstacles(in: root.path).contains(FilePath(path)) {
            throw LaminaError(.unsupported, "the root file system has something else than a folder at /\(path)")
        }
        for (path, mode) in folders where !isThere(path, S_IFDIR, in: root.path) {
            guard let name = path.lastComponent else { continue }
            let parent = try root.makeFolder(path.removingLastComponent())
            try parent.remove(name, at: path)
            guard parent.makeFolder(name) else { throw LaminaError.system(errno, "cannot make the folder \(path)") }
            try parent.setMode(ofFolder: name, mode)
        }
        for path in files where !isThere(path, S_IFREG, in: root.path) {
            guard let name = path.lastComponent else { continue }
            let parent = try root.makeFolder(path.removingLastComponent())
            try parent.remove(name, at: path)
            let file = try parent.makeFile(name)
            fchmod(file.rawValue, 0o644)
            try? file.close()
        }
    }

    private static func isThere(_ path: FilePath, _ kind: mode_t, in folder: FilePath) -> Bool {
        var place = folder
        for component in path.components.dropLast() {
            place.append(component)
            guard mode(place).map({ $0 & S_IFMT == S_IFDIR }) ?? false else { return false }
        }
        return mode(folder.pushing(path)).map { $0 & S_IFMT == kind } ?? false
    }

    private static func mode(_ path: FilePath) -> mode_t? {
        var status = stat()
        return lstat(path.string, &status) == 0 ? status.st_mode : nil
    }
}
