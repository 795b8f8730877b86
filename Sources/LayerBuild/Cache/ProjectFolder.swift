import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// What a tool reads of a project: some files in its folder, and folders and files elsewhere that these refer to.
struct ProjectFolder: Sendable {
    /// The real path.
    let folder: FilePath
    /// Files of the folder itself.
    var files: [FilePath] = []
    /// Paths relative to the folder that are read too; `.` stands for all of it.
    var localPaths: [String] = []
    /// Names of entries that are never copied.
    let excluded: Set<String>

    /// - Throws: ``LaminaError`` `inputOutput` where there is no such folder.
    init(_ folder: FilePath, excluding excluded: Set<String>) throws {
        guard let resolved = folder.absolute.resolved else { throw LaminaError.system(errno, "cannot read \(folder)") }
        self.folder = resolved
        self.excluded = excluded
    }

    /// The file of that name, if it is there.
    func existing(_ name: String) -> FilePath? {
        let path = folder.appending(name)
        return BuildCache.exists(path) ? path : nil
    }

    func resolve(_ path: String) -> FilePath { folder.pushing(FilePath(path)).lexicallyNormalized() }

    /// The way from the folder to an absolute path.
    func relativePath(_ path: FilePath) -> String {
        let target = path.components.map(\.string), base = folder.components.map(\.string)
        let shared = zip(target, base).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: base.count - shared) + target.dropFirst(shared)).joined(separator: "/")
    }

    /// Copies all of it into a folder, where the parts lie to each other as they do now.
    ///
    /// - Parameter lock: Goes to the project's folder in the copy, under its own name.
    /// - Returns: The project's folder in the copy.
    func copy(into destination: FilePath, lock: FilePath?) throws -> FilePath {
        let ascents = localPaths.map { $0.split(separator: "/").prefix { $0 == ".." }.count }.max() ?? 0
        let copy = destination.appending("copy").appending(folder.components.suffix(ascents + 1).map(\.string).joined(separator: "/"))
        do {
            try FileManager.default.createDirectory(atPath: copy.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make \(copy)", cause: error)
        }
        for path in localPaths {
            try PrivateCopy.make(of: resolve(path), at: copy.pushing(FilePath(path)).lexicallyNormalized(), excluding: excluded)
        }
        for file in files + (lock.map { [$0] } ?? []) {
            try PrivateCopy.make(of: file, at: copy.appending(file.lastComponent?.string ?? ""))
        }
        return copy
    }

    /// Adds all of it and a lock.
    func update(_ digest: inout InputDigest, lock: FilePath?) throws {
        for file in files + (lock.map { [$0] } ?? []) { try digest.add(file.lastComponent?.string ?? "", contentsOf: file) }
        for path in localPaths { try digest.add(path, contentsOf: resolve(path), excluding: excluded) }
    }
}
