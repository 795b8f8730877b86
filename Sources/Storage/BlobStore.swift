import Checksum
import SystemPackage

/// Bytes by their SHA-256: layer zips, deployment packages, objects and parts.
///
/// Writing is in two steps, so that nothing is ever visible in part: bytes go to a ``BlobWriter``, and ``BlobWriter/commit()`` makes
/// them durable under their digest. Whoever refers to a blob does so after that, in a transaction of the catalog.
public protocol BlobStore: Sendable {
    /// A writer for bytes that are about to come.
    func makeWriter() throws -> any BlobWriter

    /// A file on this machine with the blob's bytes, which stays as it is.
    ///
    /// - Throws: `LaminaError` `notFound`.
    func file(_ sha256: String) async throws -> FilePath

    /// Removes every blob that the set does not name, and whatever unfinished writers left. Call before anything is written.
    func sweep(keeping referenced: Set<String>) throws
}

/// Bytes on their way into a ``BlobStore``. Used by one task at a time.
public protocol BlobWriter: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws
    /// Makes the bytes durable and gives their name. Call once.
    func commit() async throws -> Blob
    /// Drops the bytes, unless they were committed.
    func abandon()
}

/// Committed bytes.
public struct Blob: Sendable, Hashable {
    public var digest: SHA256Digest
    /// Bytes.
    public var size: Int

    public init(digest: SHA256Digest, size: Int) {
        self.digest = digest
        self.size = size
    }
}
