import CLinux
import Checksum
import ContainerImages
import Foundation
import Interpreters
import LaminaErrors
import Synchronization
import SystemPackage

/// The root file systems that this process has given to sandboxes. None is removed while the process lives.
final class ImageRoots: Sendable {
    static let shared = ImageRoots()

    private struct Root {
        let lock: FolderLock
        /// The folder itself, or where it is mounted.
        let folder: FilePath
    }

    private let roots = Mutex<[FilePath: Root]>([:])

    /// What to bind at `/` for a root file system: the folder as it is, where it has all that others are bound to.
    ///
    /// Else that is laid over it by an overlay in this process's own mount namespace; what is changed in the folder afterwards may not be
    /// seen before the process ends.
    ///
    /// - Throws: ``LaminaError`` `notFound` where the folder is not there.
    func root(_ folder: FilePath) throws -> FilePath {
        try roots.withLock { roots in
            if let root = roots[folder], access(folder.string, F_OK) == 0 { return root.folder }
            let lock = try FolderLock(using: folder)
            let place = RootMountPoints.areThere(in: folder) ? folder : try Self.mount(folder)
            roots[folder] = Root(lock: lock, folder: place)
            return place
        }
    }

    private static func mount(_ folder: FilePath) throws -> FilePath {
        let cache = CacheFolder.path().absolute.appending("image-roots")
        let skeleton = cache.appending("skeleton-2")
        try RootMountPoints.make(in: skeleton)
        let place = cache.appending(SHA256Digest(of: folder.string.utf8).hexadecimal)
        do {
            try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(place)", cause: error)
        }
        // Of overlayfs's lower folders the first is the topmost.
        let lower = [skeleton, folder].map { escaped($0.string) }.joined(separator: ":")
        guard clinux_mount_overlay(place.string, "lowerdir=\(lower)") == 0 else {
            throw LaminaError.system(errno, "cannot lay an overlay over \(folder)")
        }
        return place
    }

    /// A path in overlayfs's options, where some signs stand between others.
    private static func escaped(_ path: String) -> String {
        path.reduce(into: "") { $0 += ["\\", ":", ","].contains($1) ? "\\\($1)" : String($1) }
    }
}
