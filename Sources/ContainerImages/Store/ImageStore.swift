import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// The root file systems of images that runtimes run in, each by its manifest's digest.
///
/// One process at a time changes the store; a root file system that a server uses stays until the server has ended.
public struct ImageStore: Sendable {
    public let folder: FilePath

    /// - Parameter folder: Made where it is not there.
    public init(_ folder: FilePath = Self.userFolder()) { self.folder = folder.absolute }

    /// `$XDG_DATA_HOME/lamina/images`, else `~/.local/share/lamina/images`.
    public static func userFolder(environment: [String: String] = ProcessInfo.processInfo.environment) -> FilePath {
        if let xdg = environment["XDG_DATA_HOME"], xdg.hasPrefix("/") { return FilePath(xdg).appending("lamina/images") }
        return FilePath(environment["HOME"] ?? "/").appending(".local/share/lamina/images")
    }

    /// Where an image's root file system is, or would be.
    func root(of image: ImageDigest) -> FilePath { folder.appending(image.sha256.hexadecimal) }

    /// Whether an image is there.
    func has(_ image: ImageDigest) -> Bool { access(root(of: image).string, F_OK) == 0 }

    /// Does something while no other process changes the store.
    func exclusively<T>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T) async throws -> T {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        let lock = try FolderLock(file: folder.appending(".lock"))
        defer { withExtendedLifetime(lock) {} }
        return try await body()
    }

    /// Removes the root file systems that no runtime refers to any more and no server uses, and what killed processes have left.
    ///
    /// Call after a runtime was taken from ``AddedRuntimes``.
    public func removeUnreferenced() async throws {
        guard access(folder.string, F_OK) == 0 else { return }
        try await exclusively { try sweep() }
    }

    /// The same, for one who has the store for himself.
    func sweep() throws {
        let kept = try AddedRuntimes.load().runtimes.values.compactMap { runtime -> FilePath? in
            guard case .image(let folder, _) = runtime else { return nil }
            return FilePath(folder)
        }
        let store = try RootFolder(folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() {
            let path = folder.appending(name)
            guard name != ".lock", !kept.contains(path) else { continue }
            if name.hasPrefix(".") {
                try store.remove(FilePath(name))
            } else if let lock = FolderLock(unused: path) {
                // Under another name first, so that nobody begins to use what is half gone.
                let gone = folder.appending(".\(UUID().uuidString).gone")
                guard rename(path.string, gone.string) == 0 else { throw LaminaError.system(errno, "cannot remove \(path)") }
                try store.remove(FilePath(gone.lastComponent?.string ?? ""))
                withExtendedLifetime(lock) {}
            }
        }
    }
}
