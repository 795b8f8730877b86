import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The root file systems of images that runtimes run in, each by its manifest's digest.
///
/// Several processes may add images at a time; none is removed meanwhile. One that a server uses stays until the server has ended.
struct ImageStore: Sendable {
    let folder: FilePath
    /// Told what is waited for.
    private let notice: @Sendable (String) -> Void

    /// - Parameter folder: Made where it is not there.
    init(_ folder: FilePath = Self.userFolder(), notice: @escaping @Sendable (String) -> Void = { _ in }) {
        (self.folder, self.notice) = (folder.absolute, notice)
    }

    /// `$XDG_DATA_HOME/lamina/images`, else `~/.local/share/lamina/images`.
    static func userFolder(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        if let xdg = environment["XDG_DATA_HOME"], xdg.hasPrefix("/") { return FilePath(xdg).appending("lamina/images") }
        return FilePath(environment["HOME"] ?? "/").appending(".local/share/lamina/images")
    }

    var references: ImageReferences { ImageReferences(folder.appending(".references")) }

    private var lockFile: FilePath { folder.appending(".lock") }

    /// Where an image's root file system is, or would be.
    func root(of image: ImageDigest) -> FilePath { folder.appending(image.sha256.hexadecimal) }

    /// Whether an image is there.
    func has(_ image: ImageDigest) -> Bool { access(root(of: image).string, F_OK) == 0 }

    /// Does something while no other process removes an image.
    func keepingAll<T>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T) async throws -> T {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        let lock = try await FileLock.take(lockFile, isShared: true) {
            notice("waiting for another lamina, which removes images from \(folder)")
        }
        defer { withExtendedLifetime(lock) {} }
        return try await body()
    }

    /// Makes an image's root file system, whole or not at all; one that another process was faster to make stays.
    ///
    /// - Parameter unpack: Given a folder to make.
    func make(
        _ image: ImageDigest, isolation: isolated (any Actor)? = #isolation, _ unpack: (FilePath) async throws -> Void
    ) async throws {
        let name = ".\(UUID().uuidString).partial"
        do {
            try await unpack(folder.appending(name))
            guard rename(folder.appending(name).string, root(of: image).string) != 0 else { return }
            guard errno == EEXIST || errno == ENOTEMPTY else { throw LaminaError.system(errno, "cannot write \(root(of: image))") }
            try RootFolder(folder).remove(FilePath(name))
        } catch {
            try? RootFolder(folder).remove(FilePath(name))
            throw error
        }
    }

    /// Removes the root file systems that no list of runtimes refers to any more and no server uses, and what killed processes have left.
    ///
    /// While others add images nothing is done; the last of them does it.
    ///
    /// - Returns: Why something that should have gone is still there.
    func sweep() -> [any Error] {
        guard access(folder.string, F_OK) == 0 else { return [] }
        var failures: [any Error] = []
        do {
            guard let lock = try FileLock(lockFile, waits: false) else { return [] }
            defer { withExtendedLifetime(lock) {} }
            let kept = try references.roots()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() {
                let path = folder.appending(name)
                guard path != lockFile, path != references.folder, !(FileIdentity(path).map { kept.contains($0) } ?? false) else {
                    continue
                }
                do {
                    try remove(name)
                } catch {
                    failures.append(LaminaError(.inputOutput, "cannot remove \(path), which nothing needs any more", cause: error))
                }
            }
        } catch {
            failures.append(LaminaError(.inputOutput, "images that nothing needs any more are still in \(folder)", cause: error))
        }
        return failures
    }

    private func remove(_ name: String) throws {
        let store = try RootFolder(folder)
        guard !name.hasPrefix(".") else { return try store.remove(FilePath(name)) }
        guard let lock = FolderLock(unused: folder.appending(name)) else { return }
        // Under another name first, so that nobody begins to use what is half gone.
        let gone = ".\(UUID().uuidString).gone"
        guard rename(folder.appending(name).string, folder.appending(gone).string) == 0 else {
            throw LaminaError.system(errno, "cannot rename it")
        }
        try store.remove(FilePath(gone))
        withExtendedLifetime(lock) {}
    }
}
