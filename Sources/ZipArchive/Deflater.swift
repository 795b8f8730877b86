private import CDeflate
import Checksum

/// A libdeflate compressor of one level, reused from entry to entry by one task.
struct Deflater: ~Copyable {
    private let compressor: OpaquePointer?

    /// - Parameter level: 0 to 12; 6 is zip's usual trade.
    init(level: Int) { compressor = libdeflate_alloc_compressor(Int32(level)) }

    deinit { libdeflate_free_compressor(compressor) }

    /// An entry's data as it goes into the zip: deflated, or as it is where that is no larger.
    func deflate(_ bytes: [UInt8]) -> CompressedData {
        let crc = bytes.withUnsafeBytes { CyclicRedundancyCheck.crc32($0) }
        let compressed = [UInt8](unsafeUninitializedCapacity: max(0, bytes.count - 1)) { buffer, count in
            count = bytes.isEmpty ? 0 : libdeflate_deflate_compress(compressor, bytes, bytes.count, buffer.baseAddress, buffer.count)
        }
        // libdeflate answers 0 when the result does not fit the room, that is, when nothing is saved.
        guard !compressed.isEmpty else { return CompressedData(isDeflated: false, bytes: bytes, crc32: crc, size: bytes.count) }
        return CompressedData(isDeflated: true, bytes: compressed, crc32: crc, size: bytes.count)
    }
}

/// Bytes ready to be written behind a local header.
struct CompressedData: Sendable {
    var isDeflated: Bool
    var bytes: [UInt8]
    var crc32: UInt32
    /// Bytes when inflated.
    var size: Int
}
