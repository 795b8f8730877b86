import Foundation
import LaminaErrors
import SystemPackage

/// A folder with a package.json, and all that npm reads of it and beside it.
struct NodeProject: Sendable {
    /// Locks that npm reads, the first one first.
    static let lockNames = ["npm-shrinkwrap.json", "package-lock.json"]
    /// What is never copied: npm makes the one, and has no use for the other.
    static let uncopied: Set = ["node_modules", ".git"]
    private static let foreignLocks = ["yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm", "bun.lock": "bun", "bun.lockb": "bun"]

    /// The real path.
    let folder: FilePath
    let manifest: NodeManifest
    /// Nil where there is none.
    let lock: FilePath?
    /// Local folders and tarballs, relative to the project, that npm reads.
    let localPaths: [String]

    /// - Parameter source: The package.json, or a lock beside it.
    /// - Throws: ``LaminaError`` `notFound`, `corrupt`; `unsupported` for what another package manager locked.
    init(_ source: FilePath) throws {
        guard let resolved = realpath(source.absolute.removingLastComponent().string, nil) else {
            throw LaminaError.system(errno, "cannot read \(source)")
        }
        defer { free(resolved) }
        let folder = FilePath(String(cString: resolved))
        self.folder = folder
        lock = Self.lockNames.map { folder.appending($0) }.first(where: BuildCache.exists)
        if lock == nil, let other = Self.foreignLocks.keys.sorted().first(where: { BuildCache.exists(folder.appending($0)) }) {
            let manager = Self.foreignLocks[other] ?? ""
            throw LaminaError(
                .unsupported,
                """
                \(folder.appending(other)) is \(manager)'s, and layers are built with npm: run 'npm install --package-lock-only' there to \
                make a package-lock.json, or remove \(other) to build without a lock
                """)
        }
        let manifest = try NodeManifest(contentsOf: folder.appending("package.json"))
        if lock == nil, manifest.hasWorkspaces {
            throw LaminaError(
                .unsupported, "\(folder) has workspaces and no package-lock.json: run 'npm install --package-lock-only' there to make one")
        }
        self.manifest = manifest
        var paths = Set(try lock.map { try NodeLock(contentsOf: $0).localPaths } ?? [])
        try Self.collect(manifest.localPaths, from: folder, within: folder, &paths)
        localPaths = paths.sorted()
    }

    /// Adds paths that a package names, and those that the packages there name in turn.
    private static func collect(_ named: [String], from package: FilePath, within project: FilePath, _ paths: inout Set<String>) throws {
        for name in named {
            let path = package.pushing(FilePath(name)).lexicallyNormalized()
            let relative = relativePath(path, from: project)
            guard !relative.isEmpty, paths.insert(relative).inserted else { continue }
            guard BuildCache.exists(path) else { throw LaminaError(.notFound, "\(package) depends on \(path), which does not exist") }
            let inner = path.appending("package.json")
            if BuildCache.exists(inner) { try collect(NodeManifest(contentsOf: inner).localPaths, from: path, within: project, &paths) }
        }
    }

    /// The way from one folder to another path, both absolute and normal.
    static func relativePath(_ path: FilePath, from folder: FilePath) -> String {
        let target = path.components.map(\.string), base = folder.components.map(\.string)
        let shared = zip(target, base).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: base.count - shared) + target.dropFirst(shared)).joined(separator: "/")
    }

    /// Files of npm's in the project's folder itself.
    var files: [FilePath] { ["package.json", ".npmrc"].map { folder.appending($0) }.filter(BuildCache.exists) }

    /// Copies the project, a lock and the local paths into a folder, where they lie to each other as they do now.
    ///
    /// - Returns: The project's folder in the copy.
    func copy(into folder: FilePath, lock: FilePath?) throws -> FilePath {
        let ascents = localPaths.map { $0.split(separator: "/").prefix { $0 == ".." }.count }.max() ?? 0
        let copy = folder.appending("copy").appending(self.folder.components.suffix(ascents + 1).map(\.string).joined(separator: "/"))
        do {
            try FileManager.default.createDirectory(atPath: copy.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make \(copy)", cause: error)
        }
        for path in localPaths {
            try PrivateCopy.make(
                of: self.folder.pushing(FilePath(path)).lexicallyNormalized(), at: copy.pushing(FilePath(path)).lexicallyNormalized(),
                excluding: Self.uncopied)
        }
        for file in files + (lock.map { [$0] } ?? []) {
            try PrivateCopy.make(of: file, at: copy.appending(file.lastComponent?.string ?? ""))
        }
        return copy
    }

    /// Adds all that an installation reads.
    func update(_ digest: inout InputDigest, lock: FilePath?) throws {
        for file in files + (lock.map { [$0] } ?? []) { try digest.add(file.lastComponent?.string ?? "", contentsOf: file) }
        for path in localPaths {
            try digest.add(path, contentsOf: folder.pushing(FilePath(path)).lexicallyNormalized(), excluding: Self.uncopied)
        }
    }
}
