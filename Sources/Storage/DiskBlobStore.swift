import Foundation
import LaminaErrors
import SystemPackage

/// Blobs as files: `blobs/sha256/ab/abcd…`, written in `ingest/`, fsynced and renamed; small ones in the catalog.
///
/// Making a file, syncing it and its folder costs the disk three waits, and the processor more than all the rest of a small publish.
/// In the catalog a small blob shares the waits of all changes that come at the same time.
public struct DiskBlobStore: BlobStore {
    /// The most bytes of a blob that is kept in the catalog.
    static let smallSize = 1 << 14

    let root: FilePath
    let catalog: Catalog
    let pins = PinTable()

    /// Makes the folders that are missing.
    public init(root: FilePath, catalog: Catalog) throws {
        self.root = root
        self.catalog = catalog
        do {
            try FileManager.default.createDirectory(atPath: ingest.string, withIntermediateDirectories: true)
            for shard in 0..<256 {
                let name = String(shard, radix: 16)
                let folder = blobs.appending(name.count == 1 ? "0\(name)" : name)
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            }
            try Self.synchronize(folder: blobs)
        } catch {
            throw LaminaError(.inputOutput, "cannot make \(blobs)", cause: error)
        }
    }

    var ingest: FilePath { root.appending("ingest") }
    private var blobs: FilePath { root.appending("blobs/sha256") }

    func path(_ sha256: String) -> FilePath { blobs.appending(String(sha256.prefix(2))).appending(sha256) }

    public func makePins() -> BlobPins { BlobPins(pins) }

    public func makeWriter(_ pins: BlobPins) throws -> any BlobWriter { DiskBlobWriter(self, pins) }

    public func content(_ sha256: String) throws -> BlobContent {
        if let bytes = try catalog.look({ try $0.blob(sha256) }) { return .memory(bytes) }
        return .file(try existing(sha256))
    }

    public func file(_ sha256: String) throws -> FilePath {
        if let path = try? existing(sha256) { return path }
        guard let bytes = try catalog.look({ try $0.blob(sha256) }) else { return try existing(sha256) }
        return try makeFile(sha256, bytes)
    }

    public func collect(_ hashes: Set<String>) async throws {
        for sha256 in hashes {
            guard let collection = pins.doom(sha256) else { continue }
            var isUnused = false
            defer { pins.settle(sha256, collection, isUnused ? { unlink(path(sha256).string) } : nil) }
            guard try !catalog.read({ try $0.refers(to: sha256) }) else { continue }
            if try catalog.look({ try $0.hasBlob(sha256) }) {
                // Behind all that was written before: who pins it from now on writes it after this.
                isUnused = try await catalog.write(freesSpace: true) { [pins] catalog in
                    guard pins.isDoomed(sha256, by: collection), try !catalog.refers(to: sha256) else { return false }
                    try catalog.deleteBlob(sha256)
                    return true
                }
            } else {
                isUnused = true
            }
        }
    }

    /// Removes every blob that is not referred to, and whatever unfinished writers left. Call before anything is written.
    func sweep() throws {
        let files = FileManager.default
        for name in try files.contentsOfDirectory(atPath: ingest.string) { unlink(ingest.appending(name).string) }
        for shard in try files.contentsOfDirectory(atPath: blobs.string) {
            let folder = blobs.appending(shard)
            for name in try files.contentsOfDirectory(atPath: folder.string) {
                // A small blob's file was never synced, and is made anew when it is wanted.
                let isKept = try catalog.read { try $0.refers(to: name) && !$0.hasBlob(name) }
                if !isKept { unlink(folder.appending(name).string) }
            }
        }
        var last = ""
        while case let hashes = try catalog.look({ try $0.blobs(after: last, limit: 1000) }), let end = hashes.last {
            last = end
            // What a full disk does not let go now, goes at another start.
            try? catalog.writeNow { catalog in
                for sha256 in hashes where try !catalog.refers(to: sha256) { try catalog.deleteBlob(sha256) }
            }
        }
    }

    private func existing(_ sha256: String) throws -> FilePath {
        let path = path(sha256)
        guard access(path.string, R_OK) == 0 else { throw LaminaError(.notFound, "the blob \(sha256) is not on this machine") }
        return path
    }

    private func makeFile(_ sha256: String, _ bytes: [UInt8]) throws -> FilePath {
        let temporary = ingest.appending(UUID().uuidString)
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
            try file.closeAfter { _ = try file.writeAll(bytes) }
            guard rename(temporary.string, path(sha256).string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            unlink(temporary.string)
            throw LaminaError.system(error.rawValue, "cannot make a file of the blob \(sha256)")
        }
        return path(sha256)
    }

    /// Makes a rename inside a folder durable.
    static func synchronize(folder path: FilePath) throws {
        let folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        defer { try? folder.close() }
        guard fsync(folder.rawValue) == 0 else { throw LaminaError.system(errno, "cannot sync \(path)") }
    }
}
