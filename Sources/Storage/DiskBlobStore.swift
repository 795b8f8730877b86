import Foundation
import LaminaErrors
import SystemPackage

/// Blobs as files: `blobs/sha256/ab/abcd…`, written in `ingest/`, fsynced and renamed.
public struct DiskBlobStore: BlobStore {
    let root: FilePath

    /// Makes the folders that are missing.
    public init(root: FilePath) throws {
        self.root = root
        for folder in [ingest, blobs] {
            do {
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            } catch {
                throw LaminaError(.inputOutput, "cannot make \(folder)", cause: error)
            }
        }
    }

    var ingest: FilePath { root.appending("ingest") }
    private var blobs: FilePath { root.appending("blobs/sha256") }

    func path(_ sha256: String) -> FilePath { blobs.appending(String(sha256.prefix(2))).appending(sha256) }

    public func makeWriter() throws -> any BlobWriter { try DiskBlobWriter(self) }

    public func file(_ sha256: String) async throws -> FilePath {
        let path = path(sha256)
        guard access(path.string, R_OK) == 0 else { throw LaminaError(.notFound, "the blob \(sha256) is not on this machine") }
        return path
    }

    public func sweep(keeping referenced: Set<String>) throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: ingest.string) { unlink(ingest.appending(name).string) }
        for shard in try files.contentsOfDirectory(atPath: blobs.string) {
            let folder = blobs.appending(shard)
            for name in try files.contentsOfDirectory(atPath: folder.string) where !referenced.contains(name) {
                unlink(folder.appending(name).string)
            }
        }
    }
}
