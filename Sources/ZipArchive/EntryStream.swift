import Checksum
import LaminaErrors

/// Reads entries of a zip piece by piece, checked against their sizes and CRC-32; used by one thread.
final class EntryStream {
    static let pieceSize = 1 << 18

    private let reader: ZipReader
    private lazy var inflater = StreamInflater()
    private lazy var input = [UInt8](repeating: 0, count: Self.pieceSize)

    init(_ reader: ZipReader) { self.reader = reader }

    /// Hands out an entry's bytes, inflated. The last is handed out before the whole is known to be right.
    ///
    /// - Throws: ``LaminaError`` `corrupt` or `unsafe`, naming the entry.
    func read(_ entry: ZipEntry, _ body: (UnsafeRawBufferPointer) throws -> Void = { _ in }) throws {
        try reader.requireReadable(entry)
        var checksum = CyclicRedundancyCheck(.crc32)
        var size = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            size += bytes.count
            guard size <= entry.size else {
                throw LaminaError(.unsafe, "\(entry.path): inflates to more than the \(entry.size) bytes that it declares")
            }
            checksum.update(bytes)
            try body(bytes)
        }
        try inflater.reset()
        try forEachPiece(of: entry) { piece in
            if entry.method == .stored { try take(piece) } else { try inflater.inflate(piece, entry.path, take) }
        }
        guard size == entry.size, entry.method == .stored || inflater.hasEnded else {
            throw LaminaError(.corrupt, "\(entry.path): inflates to \(size) bytes; it declares \(entry.size)")
        }
        guard checksum.bytes.elementsEqual(withUnsafeBytes(of: entry.crc32.bigEndian, Array.init)) else {
            throw LaminaError(.corrupt, "\(entry.path): its CRC-32 does not match")
        }
    }

    private func forEachPiece(of entry: ZipEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var offset = try reader.dataOffset(of: entry)
        let end = offset + entry.compressedSize
        while offset < end {
            let count = min(Self.pieceSize, end - offset)
            try input.withUnsafeMutableBytes { input in
                let piece = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
                try reader.bytes.readExactly(into: piece, at: offset)
                try body(UnsafeRawBufferPointer(piece))
            }
            offset += count
        }
    }
}
