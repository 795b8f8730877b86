private import CZlib
import LaminaErrors

/// zlib's deflation, piece by piece, for what is too large to be held: libdeflate, which is faster and smaller, takes an entry as a whole.
final class StreamDeflater {
    /// zlib keeps its address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var output = [UInt8](repeating: 0, count: 1 << 18)

    /// - Parameter level: 0 to 9.
    init(level: Int) throws {
        stream.initialize(to: z_stream())
        // Raw deflate, without a header.
        let result = deflateInit2_(
            stream, CInt(level), Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY, zlibVersion(), CInt(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            throw LaminaError(.limitExceeded, "no memory to deflate with")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Deflates a piece, the last one too, and hands out what comes of it.
    func deflate(_ piece: UnsafeRawBufferPointer, isLast: Bool, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            try output.withUnsafeMutableBytes { output in
                stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                _ = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                try take(UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
            }
        } while stream.pointee.avail_out == 0
    }
}
