private import CZlib
import LaminaErrors

/// zlib's inflation, piece by piece, for what is too large to be held: libdeflate, which is faster, takes an entry as a whole.
final class StreamInflater {
    /// zlib keeps its address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isReady = false
    private var output = [UInt8](repeating: 0, count: 1 << 18)
    /// Whether the compressed data has come to its own end.
    private(set) var hasEnded = false

    init() { stream.initialize(to: z_stream()) }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Begins anew.
    func reset() throws {
        hasEnded = false
        // Raw deflate, without a header.
        let result =
            isReady
            ? inflateReset(stream) : inflateInit2_(stream, -MAX_WBITS, zlibVersion(), CInt(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw LaminaError(.limitExceeded, "no memory to inflate with") }
        isReady = true
    }

    /// Inflates a piece, and hands out what comes of it.
    ///
    /// - Throws: `corrupt` for damaged data, and for data behind the compressed data's end.
    func inflate(_ piece: UnsafeRawBufferPointer, _ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            guard !hasEnded else { throw LaminaError(.corrupt, "\(path): its compressed data goes on behind its end") }
            try output.withUnsafeMutableBytes { output in
                stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                let result = CZlib.inflate(stream, Z_NO_FLUSH)
                guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
                    throw LaminaError(.corrupt, "\(path): its compressed data is damaged")
                }
                hasEnded = result == Z_STREAM_END
                try take(UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
            }
        } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 && !hasEnded
    }
}
