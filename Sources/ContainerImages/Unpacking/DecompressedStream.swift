import CArchive
import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// The bytes of a layer's tar, decompressed and hashed as they are read: gzip, zstd, or as they are.
///
/// Used by one thread at a time.
final class DecompressedStream {
    private let archive: OpaquePointer?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var digest = MessageDigest(.sha256)
    private let name: String
    private var left: Int
    /// Bytes that came out so far.
    private(set) var count = 0
    private var isFilledUp = false
    /// Why it ended before its end.
    private(set) var failure: LaminaError?

    /// - Parameters:
    ///   - name: What people call the layer.
    ///   - limit: Bytes that may come out.
    init(_ path: FilePath, name: String, limit: Int) throws {
        self.name = name
        left = limit
        archive = archive_read_new()
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_format_raw(archive)
        var entry: OpaquePointer?
        guard archive_read_open_filename(archive, path.string, 1 << 16) == ARCHIVE_OK,
            archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else { throw corrupt() }
    }

    deinit {
        archive_read_free(archive)
        buffer.deallocate()
    }

    /// The next bytes, empty at the end; they are there until the next call. Nil after a failure.
    func next() -> UnsafeRawBufferPointer? {
        guard failure == nil else { return nil }
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else {
            failure = corrupt()
            return nil
        }
        guard count <= left else {
            failure = LaminaError(.limitExceeded, "\(name) unpacks to more than is allowed")
            return nil
        }
        left -= count
        self.count += count
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        digest.update(bytes)
        return bytes
    }

    /// The same for a reader of the tar, which gets an end of it that is missing: of some writers (umoci's `insert`) the last block is
    /// not filled up, and nothing follows it. Container engines read over that.
    func nextOfTar() -> UnsafeRawBufferPointer? {
        guard let bytes = next() else { return nil }
        guard bytes.isEmpty, !isFilledUp else { return bytes }
        isFilledUp = true
        let zeros = (512 - count % 512) % 512 + 2 * 512
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(rebasing: buffer[..<zeros])
    }

    /// Reads what nobody wanted, and gives the digest of the whole. Call once.
    func finish() throws -> ImageDigest {
        while let bytes = next(), !bytes.isEmpty {}
        if let failure { throw failure }
        return ImageDigest(SHA256Digest(finishing: &digest))
    }

    private func corrupt() -> LaminaError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "it is cut short"
        return LaminaError(.corrupt, "cannot decompress \(name): \(reason)")
    }
}
