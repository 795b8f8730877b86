import LaminaErrors
import Storage
import SystemPackage

/// A function's code and layers as its environment has them: unpacked, merged, and held until they are released.
actor ContentMount {
    nonisolated let code: FilePath
    /// The folder for /opt.
    nonisolated let layers: FilePath
    private let merged: LayerMount
    private let store: UnpackedStore
    private var leases: [String]

    /// Unpacks what is not unpacked yet and merges the layers.
    ///
    /// - Parameters:
    ///   - folder: An empty folder that the merged layers may take.
    ///   - blobs: Nil where no content is a blob.
    init(_ content: FunctionContent, at folder: FilePath, _ store: UnpackedStore, blobs: (any BlobStore)?) async throws {
        self.store = store
        var leases: [String] = []
        do {
            var trees: [FilePath] = []
            for source in content.layers + [content.code] {
                let (sha256, zip) = try Self.zip(source, blobs)
                guard let sha256 else {
                    trees.append(try zip())
                    continue
                }
                // Blobs never change; a file may, while it is read.
                var isFixed = false
                if case .blob = source { isFixed = true }
                trees.append(try await store.lease(sha256, isFixed: isFixed, zip: zip))
                leases.append(sha256)
            }
            code = trees.removeLast()
            merged = try LayerMount(trees, at: folder)
            layers = merged.path
            self.leases = leases
        } catch {
            for sha256 in leases { await store.release(sha256) }
            throw error
        }
    }

    func release() async {
        merged.unmount()
        for sha256 in leases { await store.release(sha256) }
        leases = []
    }

    /// A zip's hash and where it lies; no hash for a folder.
    private static func zip(
        _ source: FunctionContent.Source, _ blobs: (any BlobStore)?
    ) throws -> (String?, @Sendable () throws -> FilePath) {
        switch source {
        case .blob(let sha256):
            guard let blobs else { throw LaminaError(.notFound, "there is no store that has the zip \(sha256)") }
            return (sha256, { try blobs.file(sha256) })
        case .zip(let path, let sha256): return (sha256, { path })
        case .folder(let path): return (nil, { path })
        }
    }
}
