import Foundation
import SystemPackage
import ZipArchive

/// Waits for sources to change, by looking at sizes and times: that works on every file system, network ones too.
struct SourceWatcher {
    /// Folders that tools write while they work.
    private static let passedOver: Set = [".git", ".venv", "node_modules", "__pycache__", "target", ".build", ".gradle"]

    private struct State: Equatable {
        var size: Int
        var modified: Duration
    }

    private var paths: [FilePath] = []
    private var outputs: Set<String> = []
    private var known: [String: State] = [:]

    /// Takes note of what is there now.
    ///
    /// - Parameters:
    ///   - paths: Files, which stand for the files beside them too, as requirements include others; and folders.
    ///   - outputs: Zips, which are no sources.
    /// - Throws: ``LaminaError`` `limitExceeded` for folders of more than a million files.
    mutating func watch(_ paths: [FilePath], outputs: [FilePath]) throws {
        self.paths = paths
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
        return found
    }

    private func add(_ folder: FilePath, isDeep: Bool, to found: inout [String: State]) throws {
        let walk = try FolderWalk(folder, isDeep: isDeep, skipsUnreadable: true) { item in
            !Self.passedOver.contains(item.name) && !item.name.hasSuffix(".partial") && !isOutput(item.location.string)
        }
        for item in walk.items where item.kind != .directory {
            found[item.location.string] = State(size: item.size, modified: item.modified)
        }
    }

    /// Whether a path is a zip of the build, or its bill of materials: both have the output's stem, and the targets' names behind it.
    private func isOutput(_ path: String) -> Bool {
        (path.hasSuffix(".zip") || path.hasSuffix(".cdx.json")) && outputs.contains { Self.plain(path).hasPrefix($0) }
    }

    private static func plain(_ path: String) -> String { path.hasPrefix("./") ? String(path.dropFirst(2)) : path }
}
