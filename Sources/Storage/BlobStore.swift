import Checksum
import SystemPackage

/// Bytes by their SHA-256: layer zips, deployment packages, objects and parts.
///
/// Writing is in two steps, so that nothing is ever visible in part: bytes go to a ``BlobWriter``, and ``BlobWriter/commit()`` makes
/// them durable under their digest. Whoever refers to a blob does so after that, in a transaction of the catalog, and pins it
/// meanwhile (see ``BlobPins``): the collector removes what nothing refers to and no one has pinned.
public protocol BlobStore: Sendable {
    /// The pins of one scope of work.
    func makePins() -> BlobPins

    /// A writer for bytes that are about to come; what it commits is pinned.
    func makeWriter(_ pins: BlobPins) throws -> any BlobWriter

    /// A blob's bytes, or the file that holds them.
    ///
    /// - Throws: `LaminaError` `notFound`.
    func content(_ sha256: String) throws -> BlobContent

    /// A file on this machine with the blob's bytes, which stays as it is.
    ///
    /// - Throws: `LaminaError` `notFound`.
    func file(_ sha256: String) throws -> FilePath

    /// Removes the blobs that are neither pinned nor referred to. Those that are pinned, ``BlobPins/release()`` gives back.
    func collect(_ hashes: Set<String>) async throws
}

/// A blob as it is kept.
public enum BlobContent: Sendable {
    case file(FilePath)
    case memory([UInt8])
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
    /// Where they are few and were at hand when they were committed, so that no one has to fetch them at once.
    public var bytes: [UInt8]?

    public init(digest: SHA256Digest, size: Int, bytes: [UInt8]? = nil) {
        self.digest = digest
        self.size = size
        self.bytes = bytes
    }
}
