import LaminaErrors
import SystemPackage

/// Where a zip's bytes are; read by position, so that many tasks may share them.
enum ZipBytes: Sendable {
    /// Closed by the reader.
    case file(FileDescriptor)
    case memory([UInt8])

    /// Reads just so many bytes at an offset.
    ///
    /// - Throws: ``LaminaError`` `corrupt` where there are fewer; `Errno`.
    func readExactly(_ count: Int, at offset: Int) throws -> [UInt8] {
        switch self {
        case .file(let file): return try file.readExactly(count, at: offset)
        case .memory(let bytes): return Array(try Self.slice(bytes, count, at: offset))
        }
    }

    /// Fills the buffer from an offset.
    func readExactly(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        switch self {
        case .file(let file): try file.readExactly(into: buffer, at: offset)
        case .memory(let bytes): buffer.copyBytes(from: try Self.slice(bytes, buffer.count, at: offset))
        }
    }

    private static func slice(_ bytes: [UInt8], _ count: Int, at offset: Int) throws -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= bytes.count - count else { throw LaminaError(.corrupt, "the file ends too early") }
        return bytes[offset..<offset + count]
    }
}
