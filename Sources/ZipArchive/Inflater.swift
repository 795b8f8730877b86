private import CDeflate
import LaminaErrors

/// A libdeflate decompressor, reused from entry to entry by one task.
struct Inflater: ~Copyable {
    private let decompressor: OpaquePointer?

    init() { decompressor = libdeflate_alloc_decompressor() }

    deinit { libdeflate_free_decompressor(decompressor) }

    /// Inflates into a buffer of just the size that the entry declares: more or less is an error.
    func inflate(_ compressed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, of entry: ZipEntry) throws {
        var written = 0
        let result: libdeflate_result
        if entry.size == 0, entry.compressedSize <= 2 {
            result = LIBDEFLATE_SUCCESS
        } else {
            result = libdeflate_deflate_decompress(
                decompressor, compressed.baseAddress, compressed.count, output.baseAddress, output.count, &written)
        }
        switch result {
        case LIBDEFLATE_SUCCESS where written == output.count: return
        case LIBDEFLATE_INSUFFICIENT_SPACE:
            throw LaminaError(.unsafe, "\(entry.path): inflates to more than the \(entry.size) bytes that it declares")
        case LIBDEFLATE_BAD_DATA: throw LaminaError(.corrupt, "\(entry.path): its compressed data is damaged")
        default: throw LaminaError(.corrupt, "\(entry.path): inflates to \(written) bytes; it declares \(entry.size)")
        }
    }
}
