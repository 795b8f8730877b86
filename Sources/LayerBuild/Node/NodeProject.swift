import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// A folder with a package.json, and all that npm reads of it and beside it.
struct NodeProject: Sendable {
    /// Locks that npm reads, the first one first.
    static let lockNames = ["npm-shrinkwrap.json", "package-lock.json"]
    /// What is never copied: npm makes the one, and has no use for the other.
    static let uncopied: Set = ["node_modules", ".git"]
    private static let foreignLocks = ["yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm", "bun.lock": "bun", "bun.lockb": "bun"]

    let folder: ProjectFolder
    let manifest: NodeManifest
    /// Nil where there is none.
    let lock: FilePath?

    /// - Parameter source: The package.json, or a lock beside it.
    /// - Throws: ``LaminaError`` `notFound`, `corrupt`; `unsupported` for what another package manager locked.
    init(_ source: FilePath) throws {
        var folder = try ProjectFolder(source.absolute.removingLastComponent(), excluding: Self.uncopied)
        lock = Self.lockNames.lazy.compactMap { [folder] in folder.existing($0) }.first
        if lock == nil, let other = Self.foreignLocks.keys.sorted().lazy.compactMap({ [folder] in folder.existing($0) }).first {
            let manager = Self.foreignLocks[other.lastComponent?.string ?? ""] ?? ""
            throw LaminaError(
                .unsupported,
                """
                \(other) is \(manager)'s, and layers are built with npm: run 'npm install --package-lock-only' there to make a \
                package-lock.json, or remove \(other.lastComponent?.string ?? "") to build without a lock
                """)
        }
        manifest = try NodeManifest(contentsOf: folder.folder.appending("package.json"))
        if lock == nil, manifest.hasWorkspaces {
            throw LaminaError(
                .unsupported,
                "\(folder.folder) has workspaces and no package-lock.json: run 'npm install --package-lock-only' there to make one")
        }
        var paths = Set(try lock.map { try NodeLock(contentsOf: $0).localPaths } ?? [])
        try Self.collect(manifest.localPaths, from: folder.folder, within: folder, &paths)
        folder.localPaths = paths.sorted()
        folder.files = ["package.json", ".npmrc"].compactMap { [folder] in folder.existing($0) }
        self.folder = folder
    }

    /// Adds paths that a package names, and those that the packages there name in turn.
    private static func collect(
        _ named: [String], from package: FilePath, within project: ProjectFolder, _ paths: inout Set<String>
    ) throws {
        for name in named {
            let path = package.pushing(FilePath(name)).lexicallyNormalized()
            let relative = project.relativePath(path)
            guard !relative.isEmpty, paths.insert(relative).inserted else { continue }
            guard BuildCache.exists(path) else { throw LaminaError(.notFound, "\(package) depends on \(path), which does not exist") }
            let inner = path.appending("package.json")
            if BuildCache.exists(inner) { try collect(NodeManifest(contentsOf: inner).localPaths, from: path, within: project, &paths) }
        }
    }
}
