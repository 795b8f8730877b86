import Foundation
import Interpreters
import SystemPackage
import ZipArchive

/// Waits for sources to change, by looking at sizes, times and permissions: that works on every file system, network ones too.
struct SourceWatcher {
    /// Folders that tools write while they build.
    static let buildFolders: Set = [".git", ".venv", "node_modules", "__pycache__", "target", ".build", ".gradle"]

    private struct State: Equatable {
        var size: Int
        var modified: Duration
        var permissions: UInt16

        init(_ item: FolderWalk.Item) { (size, modified, permissions) = (item.size, item.modified, item.permissions) }
    }

    private let passedOver: Set<String>
    private var paths: [FilePath] = []
    private var files: [FilePath] = []
    private var outputs: Set<String> = []
    private var known: [String: State] = [:]

    /// - Parameter passedOver: Names of folders that are no source, wherever they are.
    init(passingOver passedOver: Set<String> = buildFolders) { self.passedOver = passedOver }

    /// Takes note of what is there now. What this process's own output goes to is no source.
    ///
    /// - Parameters:
    ///   - paths: Files, which stand for the files beside them too, as requirements include others; and folders.
    ///   - files: Files that stand for themselves, where there are any yet.
    ///   - outputs: Zips, which are no sources.
    /// - Throws: ``LaminaError`` `limitExceeded` for folders of more than a million files.
    mutating func watch(_ paths: [FilePath], files: [FilePath] = [], outputs: [FilePath]) throws {
        self.paths = paths
        self.files = files
        self.outputs = Set(outputs.map { Self.plain($0.string.hasSuffix(".zip") ? String($0.string.dropLast(4)) : $0.string) })
        known = try snapshot()
    }

    /// Returns when something has changed, and has been still since.
    mutating func change() async throws {
        var last = known
        while true {
            try await Task.sleep(for: .milliseconds(300))
            let now = try snapshot()
            if now == last, now != known { break }
            last = now
        }
        known = last
    }

    private func snapshot() throws -> [String: State] {
        var found: [String: State] = [:]
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                try add(path, isDeep: true, to: &found)
            } else {
                let folder = path.removingLastComponent()
                try add(folder.isEmpty ? "." : folder, isDeep: false, to: &found)
            }
        }
        for file in files {
            guard let item = try? FolderWalk.Item(file.resolved ?? file, path: file.string) else { continue }
            found[file.string] = State(item)
        }
        return found
    }

    private func add(_ folder: FilePath, isDeep: Bool, to found: inout [String: State]) throws {
        let ownOutputs = Self.ownOutputs(below: folder)
        let walk = try FolderWalk(folder, isDeep: isDeep, skipsUnreadable: true) { item in
            !passedOver.contains(item.name) && !item.name.hasSuffix(".partial") && !isOutput(item.location.string)
                && !ownOutputs.contains(item.path)
        }
        for item in walk.items where item.kind != .directory {
            found[item.location.string] = State(item)
        }
    }

    /// The files of a folder that the standard output and error go to, by their paths from the folder on.
    private static func ownOutputs(below folder: FilePath) -> Set<String> {
        guard let folder = folder.resolved else { return [] }
        return Set(
            ["/proc/self/fd/1", "/proc/self/fd/2"].compactMap { link in
                guard var path = FilePath(link).resolved, path.removePrefix(folder) else { return nil }
                return path.string
            })
    }

    /// Whether a path is a zip of the build, or its bill of materials: both have the output's stem, and the targets' names behind it.
    private func isOutput(_ path: String) -> Bool {
        (path.hasSuffix(".zip") || path.hasSuffix(".cdx.json")) && outputs.contains { Self.plain(path).hasPrefix($0) }
    }

    private static func plain(_ path: String) -> String { path.hasPrefix("./") ? String(path.dropFirst(2)) : path }
}
