import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// A file in the ingest folder that becomes a blob.
final class DiskBlobWriter: BlobWriter {
    private let store: DiskBlobStore
    private let temporary: FilePath
    private let file: FileDescriptor
    private var digest = MessageDigest(.sha256)
    private var size = 0
    private var isOpen = true

    init(_ store: DiskBlobStore) throws {
        self.store = store
        temporary = store.ingest.appending(UUID().uuidString)
        do {
            file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write to \(store.ingest)")
        }
    }

    deinit { abandon() }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            _ = try file.writeAll(bytes)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write to \(store.ingest)")
        }
        digest.update(bytes)
        size += bytes.count
    }

    func commit() async throws -> Blob {
        let blob = Blob(digest: SHA256Digest(finishing: &digest), size: size)
        let destination = store.path(blob.digest.hexadecimal)
        let file = file, temporary = temporary
        try await onBlockingThread {
            let shard = destination.removingLastComponent()
            if mkdir(shard.string, 0o755) == 0 { try synchronizeFolder(shard.removingLastComponent()) }
            guard fsync(file.rawValue) == 0, rename(temporary.string, destination.string) == 0 else {
                throw LaminaError.system(errno, "cannot store a blob")
            }
            try synchronizeFolder(shard)
        }
        isOpen = false
        try? file.close()
        return blob
    }

    func abandon() {
        guard isOpen else { return }
        isOpen = false
        try? file.close()
        unlink(temporary.string)
    }
}

/// Makes a rename inside a folder durable.
private func synchronizeFolder(_ path: FilePath) throws {
    let folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    defer { try? folder.close() }
    guard fsync(folder.rawValue) == 0 else { throw LaminaError.system(errno, "cannot sync \(path)") }
}

/// Runs work that waits for a disk where it holds up no task.
package func onBlockingThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
}
