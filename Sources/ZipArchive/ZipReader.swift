import LaminaErrors
import SystemPackage

/// An open zip file, read with positioned reads so that many tasks may share it.
///
/// The reader trusts nothing: every offset and size is checked against the file before it is used. Zip64 is understood, sizes come
/// from the central directory (so data descriptors need no care), and a size that deflate cannot reach is refused at once.
public final class ZipReader: Sendable {
    /// How much a zip may hold.
    public struct Limits: Sendable {
        /// Entries of the central directory.
        public var entries: Int
        /// Bytes of all entries together, inflated.
        public var totalSize: Int
        /// Bytes of the central directory, which is held in memory.
        public var directorySize = 256 << 20

        public init(entries: Int = 1_000_000, totalSize: Int = 1 << 40) {
            self.entries = entries
            self.totalSize = totalSize
        }
    }

    /// The records of the central directory, in its order.
    public let entries: [ZipEntry]
    /// Bytes of the file.
    public let fileSize: Int
    let bytes: ZipBytes

    /// Opens and reads the central directory.
    ///
    /// - Throws: ``LaminaError`` with `inputOutput` when the file cannot be read, `corrupt` when it is no zip, `limitExceeded` beyond `limits`.
    public init(_ path: FilePath, limits: Limits = Limits()) throws {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open \(path)")
        }
        do {
            fileSize = Int(try file.seek(offset: 0, from: .end))
            entries = try CentralDirectory(file: .file(file), fileSize: fileSize, limits: limits).entries
        } catch {
            try? file.close()
            guard let error = error as? LaminaError else { throw LaminaError(.inputOutput, "cannot read \(path)", cause: error) }
            throw LaminaError(error.code, "\(path.lastComponent?.string ?? path.string): \(error.message)", cause: error.cause)
        }
        bytes = .file(file)
    }

    /// Reads the central directory of a zip in memory.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when it is no zip, `limitExceeded` beyond `limits`.
    public init(_ content: [UInt8], limits: Limits = Limits()) throws {
        bytes = .memory(content)
        fileSize = content.count
        entries = try CentralDirectory(file: bytes, fileSize: fileSize, limits: limits).entries
    }

    deinit {
        if case .file(let file) = bytes { try? file.close() }
    }

    /// Bytes of all entries when inflated.
    public var totalSize: Int { entries.reduce(0) { $0 + $1.size } }

    /// Where the entry's compressed bytes start, found by its local header.
    func dataOffset(of entry: ZipEntry) throws -> Int {
        let header = try bytes.readExactly(ZipFormat.localHeaderSize, at: entry.localHeaderOffset)
        let offset = try header.withUnsafeBytes { header in
            guard header.uint32(at: 0) == ZipFormat.localHeader else {
                throw LaminaError(.corrupt, "\(entry.path): its local header is not where the directory says")
            }
            return entry.localHeaderOffset + ZipFormat.localHeaderSize + Int(header.uint16(at: 26)) + Int(header.uint16(at: 28))
        }
        guard offset + entry.compressedSize <= fileSize else {
            throw LaminaError(.corrupt, "\(entry.path): its data runs past the end of the zip")
        }
        return offset
    }
}

extension FileDescriptor {
    /// Reads just so many bytes at an offset, or throws.
    package func readExactly(_ count: Int, at offset: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            try readExactly(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            initialized = count
        }
    }

    /// Fills the buffer from an offset, or throws.
    package func readExactly(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < buffer.count {
            let count = try read(fromAbsoluteOffset: Int64(offset + done), into: .init(rebasing: buffer[done...]))
            guard count > 0 else { throw LaminaError(.corrupt, "the file ends too early") }
            done += count
        }
    }
}
