import CLinux
import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// Bytes that become a blob: in memory while they are few, then in a file of the ingest folder.
final class DiskBlobWriter: BlobWriter {
    /// Bytes after which the disk is set to work, so that the last sync does not wait for all of them.
    private static let writebackStep = 4 << 20

    private let store: DiskBlobStore
    private let pins: BlobPins
    private let temporary: FilePath
    private var file: FileDescriptor?
    private var memory: [UInt8] = []
    private var digest = MessageDigest(.sha256)
    private var size = 0
    private var handedOver = 0

    init(_ store: DiskBlobStore, _ pins: BlobPins) {
        self.store = store
        self.pins = pins
        temporary = store.ingest.appending(UUID().uuidString)
    }

    deinit { abandon() }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        digest.update(bytes)
        size += bytes.count
        if file == nil, memory.count + bytes.count <= DiskBlobStore.smallSize {
            memory += bytes
            return
        }
        try writeOut(bytes)
        if size - handedOver >= Self.writebackStep, let file {
            _ = clinux_start_writeback(file.rawValue, off_t(handedOver), off_t(size - handedOver))
            handedOver = size
        }
    }

    func commit() async throws -> Blob {
        var blob = Blob(digest: SHA256Digest(finishing: &digest), size: size)
        pins.pin(blob.digest.hexadecimal)
        let destination = store.path(blob.digest.hexadecimal)
        if file == nil {
            blob.bytes = memory
            let sha256 = blob.digest.hexadecimal
            try await store.catalog.write { [memory] in try $0.insertBlob(sha256, memory) }
            return blob
        }
        // The same bytes again are stored already, but perhaps only just now: their name has to be on disk too.
        if access(destination.string, F_OK) == 0 { abandon() }
        let file = file, temporary = temporary
        try await onBlockingThread {
            if let file {
                guard fsync(file.rawValue) == 0, rename(temporary.string, destination.string) == 0 else {
                    throw LaminaError.system(errno, "cannot store a blob")
                }
            }
            try DiskBlobStore.synchronize(folder: destination.removingLastComponent())
        }
        try? self.file?.close()
        self.file = nil
        return blob
    }

    func abandon() {
        guard let file else { return }
        try? file.close()
        unlink(temporary.string)
        self.file = nil
    }

    /// Writes what memory holds, and more, to the file.
    private func writeOut(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            let file =
                try self.file
                ?? FileDescriptor.open(
                    temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600)
                )
            self.file = file
            if !memory.isEmpty { _ = try file.writeAll(memory) }
            memory = []
            _ = try file.writeAll(bytes)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write to \(store.ingest)")
        }
    }
}
