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
        /// Which folder it is, whatever is at its path by now.
        let identity: FileIdentity?
        /// Nil where the folder itself is bound.
        let overlay: OverlayMount?
    }

    private let roots = Mutex<[FilePath: Root]>([:])

    /// What to bind at `/` for a root file system: the folder as it is, where it has all that others are bound to.
    ///
    /// Else that is laid over it by an overlay in this process's own mount namespace. What is changed in the folder afterwards may not be
    /// seen before the process ends, unless the folder is made anew.
    ///
    /// - Throws: ``LaminaError`` `notFound` where the folder is not there.
    func root(_ folder: FilePath) throws -> FilePath {
        try roots.withLock { roots in
            if let root = roots[folder], root.identity == FileIdentity(folder) { return root.overlay?.path ?? folder }
            roots.removeValue(forKey: folder)?.overlay?.unmount()
            let lock = try FolderLock(using: folder)
            let identity = FileIdentity(folder)
            let overlay = RootMountPoints.areThere(in: folder) ? nil : try Self.mount(folder)
            roots[folder] = Root(lock: lock, identity: identity, overlay: overlay)
            return overlay?.path ?? folder
        }
    }

    private static func mount(_ folder: FilePath) throws -> OverlayMount {
        let cache = CacheFolder.path().absolute.appending("image-roots")
        let skeleton = cache.appending("skeleton-2")
        try RootMountPoints.make(in: skeleton)
        let place = cache.appending(SHA256Digest(of: folder.string.utf8).hexadecimal)
        do {
            try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(place)", cause: error)
        }
        return try OverlayMount([skeleton, folder], at: place, explaining: "cannot lay an overlay over \(folder)")
    }
}
