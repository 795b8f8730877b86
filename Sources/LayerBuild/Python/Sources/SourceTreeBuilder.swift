import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import ZipArchive

/// Builds wheels from folders and commits, each kept by what it was built from.
struct SourceTreeBuilder: Sendable {
    let cache: BuildCache
    let target: PythonTarget
    let offline: Bool

    /// Where in the cache a tree's wheel is: by commit, or by the folder's names, sizes and times, and by the interpreter.
    func folder(of tree: SourceTree) throws -> FilePath {
        var digest = MessageDigest(.sha256)
        let interpreter = PythonInterpreter.find(minor: target.minor)?.fingerprint ?? "other"
        digest.update("v1\0cp3\(target.minor)\0\(interpreter)\0\(Architecture.host.machineName)\0".utf8)
        switch tree {
        case .git(let commit): digest.update("git\0\(commit.url)\0\(commit.id)\0\(commit.subdirectory ?? "")".utf8)
        case .folder(let path): try update(&digest, with: path)
        }
        return cache.tree(key: SHA256Digest(finishing: &digest).hexadecimal)
    }

    /// Builds a tree's wheel into a folder.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with the words of git or of the build.
    func build(_ tree: SourceTree, into output: FilePath) async throws {
        let uv = try UV(offline: offline)
        switch tree {
        case .folder(let path): try await uv.build(path, into: output, for: target)
        case .git(let commit):
            guard !offline else { throw LaminaError(.network, "\(tree) is not in the cache, and --offline forbids fetching it") }
            try await WorkFolder.with(in: cache.work) { checkout in
                try await GitRepository().checkOut(commit, into: checkout)
                try await uv.build(checkout.pushing(FilePath(commit.subdirectory ?? "")), into: output, for: target)
            }
        }
    }

    /// What builds leave behind, and what is none of the source.
    private static let passedOver: Set = ["build", "dist", "node_modules", "__pycache__"]

    private func update(_ digest: inout MessageDigest, with root: FilePath) throws {
        guard FilePath.isFolder(root) else { throw LaminaError(.notFound, "\(root) is no folder with a Python project") }
        let walk = try FolderWalk(root) { item in
            let isPassedOver = item.kind == .directory && (Self.passedOver.contains(item.name) || item.name.hasSuffix(".egg-info"))
            return !isPassedOver && !item.name.hasPrefix(".")
        }
        digest.update("folder\0\(root)\0".utf8)
        for item in walk.items where item.kind != .directory {
            digest.update("\(item.path)\0\(item.size)\0\(item.modified)\n".utf8)
        }
    }
}
