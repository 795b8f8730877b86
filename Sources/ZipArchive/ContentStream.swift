import Checksum
import LaminaErrors
import SystemPackage

/// Reads contents piece by piece, one after another, in little memory; used by one task.
package final class ContentStream {
    /// Bytes of a piece of what is compressed, or of a file.
    private static let pieceSize = 1 << 18

    private let inflater = StreamInflater()
    private var input = [UInt8](repeating: 0, count: pieceSize)

    package init() {}

    /// Calls the body with one piece after another until it returns false; what was read to its end is checked by size and CRC-32.
    ///
    /// - Throws: `corrupt` or `unsafe` for an entry that is not what its directory says, `inputOutput`; whatever the body throws.
    package func read(_ entry: ZipEntry, in zip: ZipReader, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        try zip.requireReadable(entry)
        var checksum = CyclicRedundancyCheck(.crc32)
        var size = 0
        var goesOn = true
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            size += bytes.count
            guard size <= entry.size else {
                throw LaminaError(.unsafe, "\(entry.path): inflates to more than the \(entry.size) bytes that it declares")
            }
            checksum.update(bytes)
            if goesOn { goesOn = try body(bytes) }
        }
        try inflater.reset()
        let start = try zip.dataOffset(of: entry)
        try forEachPiece(of: zip.bytes, start..<start + entry.compressedSize) { piece in
            if entry.method == .stored { try take(piece) } else { try inflater.inflate(piece, entry.path, take) }
            return goesOn
        }
        guard goesOn else { return }
        guard size == entry.size, entry.method == .stored || inflater.hasEnded else {
            throw LaminaError(.corrupt, "\(entry.path): inflates to \(size) bytes; it declares \(entry.size)")
        }
        guard checksum.bytes.elementsEqual(withUnsafeBytes(of: entry.crc32.bigEndian, Array.init)) else {
            throw LaminaError(.corrupt, "\(entry.path): its CRC-32 does not match")
        }
    }

    /// As ``read(_:in:_:)``, whatever holds the bytes.
    package func read(_ content: ZipContent, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        switch content.source {
        case .transplant(let zip, let entry), .recompressed(let zip, let entry): try read(entry, in: zip, body)
        case .file(let path, let size):
            do {
                let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                try file.closeAfter { try forEachPiece(of: .file(file), 0..<size, body) }
            } catch let error as Errno {
                throw LaminaError.system(error.rawValue, "cannot read \(path)")
            }
        case .bytes, .symbolicLink, .directory: _ = try content.bytes().withUnsafeBytes(body)
        }
    }

    /// The first bytes of a content, fewer where it has no more.
    ///
    /// - Throws: As ``read(_:_:)``.
    package func prefix(_ count: Int, of content: ZipContent) throws -> [UInt8] {
        var start: [UInt8] = []
        try read(content) { piece in
            start += piece.prefix(count - start.count)
            return start.count < count
        }
        return start
    }

    private func forEachPiece(of bytes: ZipBytes, _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
        var offset = range.lowerBound
        var goesOn = true
        while goesOn, offset < range.upperBound {
            let count = min(Self.pieceSize, range.upperBound - offset)
            try input.withUnsafeMutableBytes { input in
                let piece = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
                try bytes.readExactly(into: piece, at: offset)
                goesOn = try body(UnsafeRawBufferPointer(piece))
            }
            offset += count
        }
    }
}
