import Checksum
import LaminaErrors
import SystemPackage

extension ZipReader {
    /// The entry's bytes, inflated and checked against its size and CRC-32.
    ///
    /// - Throws: `unsupported` for encrypted entries and methods other than stored and deflated; `corrupt`, `unsafe`; `limitExceeded` beyond `limit` bytes.
    public func read(_ entry: ZipEntry, limit: Int = 1 << 30) throws -> [UInt8] {
        guard entry.size <= limit else {
            throw LaminaError(.limitExceeded, "\(entry.path) has \(entry.size) bytes; at most \(limit) are read here")
        }
        try requireReadable(entry)
        if entry.method == .stored { return try EntryScratch().withContent(of: entry, in: self) { Array($0) } }
        // Inflated where it stays: a large entry is not in memory twice.
        let compressed = try bytes.readExactly(entry.compressedSize, at: dataOffset(of: entry))
        let content = try [UInt8](unsafeUninitializedCapacity: entry.size) { output, count in
            let output = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[..<entry.size])
            try compressed.withUnsafeBytes { try Inflater().inflate($0, into: output, of: entry) }
            count = entry.size
        }
        guard content.withUnsafeBytes({ CyclicRedundancyCheck.crc32($0) }) == entry.crc32 else {
            throw LaminaError(.corrupt, "\(entry.path): its CRC-32 does not match")
        }
        return content
    }

    /// Refuses a zip that ``ZipExtractor`` would refuse: by names, kinds, methods, encryption, and where symlinks point.
    public func checkExtractable() throws {
        try PathRules.check(entries)
        for entry in entries {
            try requireReadable(entry)
            if entry.kind == .symbolicLink {
                try PathRules.checkLink(entry.path, target: String(decoding: read(entry, limit: 4096), as: UTF8.self))
            }
        }
    }

    /// Refuses what no one here can read.
    func requireReadable(_ entry: ZipEntry) throws {
        if entry.isEncrypted { throw LaminaError(.unsupported, "\(entry.path) is encrypted") }
        if case .other(let code) = entry.method {
            throw LaminaError(.unsupported, "\(entry.path) is compressed by method \(code); only stored (0) and deflated (8) are known")
        }
    }
}

/// Buffers for reading one entry after another without allocating anew each time.
package final class EntryScratch {
    private let inflater = Inflater()
    private var compressed = RawBuffer()
    private var content = RawBuffer()

    package init() {}

    /// Calls the body with the entry's bytes, inflated and checked; they live until it returns.
    package func withContent<R>(of entry: ZipEntry, in reader: ZipReader, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try reader.requireReadable(entry)
        let raw = compressed.buffer(of: entry.compressedSize)
        try reader.bytes.readExactly(into: raw, at: reader.dataOffset(of: entry))
        let bytes: UnsafeRawBufferPointer
        if entry.method == .stored {
            guard entry.size == entry.compressedSize else {
                throw LaminaError(.corrupt, "\(entry.path): a stored entry whose two sizes differ")
            }
            bytes = UnsafeRawBufferPointer(raw)
        } else {
            let output = content.buffer(of: entry.size)
            try inflater.inflate(UnsafeRawBufferPointer(raw), into: output, of: entry)
            bytes = UnsafeRawBufferPointer(output)
        }
        guard CyclicRedundancyCheck.crc32(bytes) == entry.crc32 else {
            throw LaminaError(.corrupt, "\(entry.path): its CRC-32 does not match")
        }
        return try body(bytes)
    }
}

/// Memory that grows to the largest size asked for.
private struct RawBuffer: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    mutating func buffer(of count: Int) -> UnsafeMutableRawBufferPointer {
        if memory.count < count {
            memory.deallocate()
            memory = .allocate(byteCount: count, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}
