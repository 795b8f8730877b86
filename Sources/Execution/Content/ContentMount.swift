import Foundation
import LaminaErrors
import Storage
import SystemPackage

/// A function's code and layers as its environment has them: unpacked, merged, and held until they are released.
final class ContentMount: Sendable {
    let code: FilePath
    /// The folder for /opt.
    let layers: FilePath
    private let mounts: [TreeMount]
    private let leases: [TreeLease]

    /// Unpacks what is not unpacked yet and merges the layers.
    ///
    /// - Parameters:
    ///   - folder: A folder that takes the mounts.
    ///   - blobs: Nil where no content is a blob.
    init(_ content: FunctionContent, in folder: FilePath, _ store: UnpackedStore, blobs: (any BlobStore)?) async throws {
        var leases: [TreeLease] = []
        var trees: [FilePath] = []
        for source in content.layers + [content.code] {
            switch source {
            case .blob(let sha256):
                guard let blobs else { throw LaminaError(.notFound, "there is no store that has the zip \(sha256)") }
                leases.append(try await store.lease(sha256) { try blobs.file(sha256) })
                trees.append(leases[leases.count - 1].path)
            case .zip(let path, let sha256):
                // Blobs never change; a file may, while it is read.
                leases.append(try await store.lease(sha256, isFixed: false) { path })
                trees.append(leases[leases.count - 1].path)
            case .folder(let path):
                guard access(path.string, R_OK | X_OK) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
                trees.append(path)
            }
        }
        let code = try TreeMount([trees.removeLast()], at: folder.appending("task"))
        do {
            let layers = try TreeMount(trees, at: folder.appending("opt"))
            (self.code, self.layers, mounts, self.leases) = (code.path, layers.path, [code, layers], leases)
        } catch {
            code.unmount()
            throw error
        }
    }

    func unmount() { for mount in mounts { mount.unmount() } }
}
