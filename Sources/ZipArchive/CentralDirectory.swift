import LaminaErrors
import SystemPackage

/// Finds and reads a zip's central directory (APPNOTE 4.3.12 to 4.3.16).
struct CentralDirectory {
    private(set) var entries: [ZipEntry] = []

    init(file: ZipBytes, fileSize: Int, limits: ZipReader.Limits) throws {
        let end = try Location(file: file, fileSize: fileSize)
        guard end.count <= limits.entries else {
            throw LaminaError(.limitExceeded, "the zip has \(end.count) entries; \(limits.entries) are allowed")
        }
        guard end.size <= limits.directorySize else {
            throw LaminaError(.limitExceeded, "the zip's central directory has \(end.size) bytes; \(limits.directorySize) are allowed")
        }
        let bytes = try file.readExactly(end.size, at: end.offset)
        entries.reserveCapacity(end.count)
        try bytes.withUnsafeBytes { bytes in
            var offset = 0
            var total = 0
            var compressedTotal = 0
            for _ in 0..<end.count {
                let (entry, length) = try Self.record(in: UnsafeRawBufferPointer(rebasing: bytes[offset...]), directoryOffset: end.offset)
                offset += length
                total += entry.size
                compressedTotal += entry.compressedSize
                guard compressedTotal <= end.offset else { throw LaminaError(.unsafe, "the zip's entries overlap, \(entry.path) another") }
                guard total <= limits.totalSize else {
                    throw LaminaError(.limitExceeded, "the zip unpacks to more than \(limits.totalSize) bytes")
                }
                entries.append(entry)
            }
            guard offset == bytes.count else { throw LaminaError(.corrupt, "the zip's central directory holds more than its count says") }
        }
    }

    private static func record(in bytes: UnsafeRawBufferPointer, directoryOffset: Int) throws -> (ZipEntry, Int) {
        guard bytes.count >= ZipFormat.centralHeaderSize, bytes.uint32(at: 0) == ZipFormat.centralHeader else {
            throw LaminaError(.corrupt, "the zip's central directory is damaged")
        }
        let nameLength = Int(bytes.uint16(at: 28))
        let extraLength = Int(bytes.uint16(at: 30))
        let length = ZipFormat.centralHeaderSize + nameLength + extraLength + Int(bytes.uint16(at: 32))
        guard length <= bytes.count else { throw LaminaError(.corrupt, "the zip's central directory is cut short") }

        let nameBytes = bytes[ZipFormat.centralHeaderSize..<ZipFormat.centralHeaderSize + nameLength]
        guard let path = String(validating: nameBytes, as: UTF8.self), !path.isEmpty, !path.utf8.contains(0) else {
            throw LaminaError(.unsupported, "an entry's name is empty or not UTF-8: \(String(decoding: nameBytes, as: UTF8.self))")
        }
        var size = UInt64(bytes.uint32(at: 24))
        var compressedSize = UInt64(bytes.uint32(at: 20))
        var localOffset = UInt64(bytes.uint32(at: 42))
        let extraStart = ZipFormat.centralHeaderSize + nameLength
        try readZip64Extra(
            UnsafeRawBufferPointer(rebasing: bytes[extraStart..<extraStart + extraLength]), path, &size, &compressedSize, &localOffset)

        let method = ZipEntry.Method(code: bytes.uint16(at: 10))
        guard compressedSize <= directoryOffset, localOffset <= directoryOffset else {
            throw LaminaError(.corrupt, "\(path): its data lies outside the zip")
        }
        // Deflate's best is 1032 bytes from one; whatever claims more is a bomb or damaged.
        guard size <= (method == .stored ? compressedSize : compressedSize * 1032 + 1032) else {
            throw LaminaError(.unsafe, "\(path): claims to inflate \(compressedSize) bytes to \(size), which deflate cannot do")
        }
        let attributes = Attributes(madeBy: bytes.uint16(at: 4), external: bytes.uint32(at: 38), path: path)
        let entry = ZipEntry(
            path: path, kind: attributes.kind, permissions: attributes.permissions, method: method,
            isEncrypted: bytes.uint16(at: 8) & ZipFormat.encryptedFlag != 0, crc32: bytes.uint32(at: 16),
            compressedSize: Int(compressedSize), size: Int(size), localHeaderOffset: Int(localOffset))
        return (entry, length)
    }

    /// APPNOTE 4.5.3: the fields that are all ones in the header follow here, in this order.
    private static func readZip64Extra(
        _ extra: UnsafeRawBufferPointer, _ path: String, _ size: inout UInt64, _ compressedSize: inout UInt64, _ offset: inout UInt64
    ) throws {
        let ones = UInt64(UInt32.max)
        guard size == ones || compressedSize == ones || offset == ones else { return }
        var position = 0
        while position + 4 <= extra.count {
            let end = position + 4 + Int(extra.uint16(at: position + 2))
            guard end <= extra.count else { break }
            if extra.uint16(at: position) == ZipFormat.zip64ExtraTag {
                var field = position + 4
                func next(_ value: inout UInt64) throws {
                    guard value == ones else { return }
                    guard field + 8 <= end else { throw LaminaError(.corrupt, "\(path): its Zip64 field is cut short") }
                    value = extra.uint64(at: field)
                    field += 8
                }
                try next(&size)
                try next(&compressedSize)
                try next(&offset)
                return
            }
            position = end
        }
    }

    /// Kind and permissions from "version made by" and the external attributes (APPNOTE 4.4.2, 4.4.15).
    private struct Attributes {
        var kind: ZipEntry.Kind
        var permissions: UInt16

        init(madeBy: UInt16, external: UInt32, path: String) {
            let mode = madeBy >> 8 == ZipFormat.unixHost ? UInt16(external >> 16) : 0
            switch mode & ZipFormat.modeTypeMask {
            case ZipFormat.modeSymbolicLink: kind = .symbolicLink
            case ZipFormat.modeDirectory: kind = .directory
            case ZipFormat.modeRegular, 0: kind = path.hasSuffix("/") ? .directory : .file
            default: kind = .special
            }
            permissions = mode & 0o7777
            if permissions == 0 { permissions = kind == .directory ? 0o755 : 0o644 }
        }
    }

    /// Where the directory lies, by the end record or its Zip64 sibling.
    private struct Location {
        var offset: Int
        var size: Int
        var count: Int

        init(file: ZipBytes, fileSize: Int) throws {
            // The end record is followed by a comment of at most 65,535 bytes.
            let tailSize = min(fileSize, ZipFormat.endOfDirectorySize + 0xffff)
            let tailOffset = fileSize - tailSize
            let tail = try file.readExactly(tailSize, at: tailOffset)
            let found = tail.withUnsafeBytes { tail in
                stride(from: tail.count - ZipFormat.endOfDirectorySize, through: 0, by: -1).first { at in
                    tail.uint32(at: at) == ZipFormat.endOfDirectory
                        && at + ZipFormat.endOfDirectorySize + Int(tail.uint16(at: at + 20)) <= tail.count
                }
            }
            guard let at = found else { throw LaminaError(.corrupt, "not a zip file: it has no end-of-directory record") }
            (count, size, offset) = tail.withUnsafeBytes {
                (Int($0.uint16(at: at + 10)), Int($0.uint32(at: at + 12)), Int($0.uint32(at: at + 16)))
            }
            var limit = tailOffset + at
            let locatorOffset = limit - ZipFormat.zip64LocatorSize
            if locatorOffset >= 0, count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff {
                limit = try readZip64(file: file, locatorOffset: locatorOffset) ?? limit
            }
            guard offset >= 0, size >= 0, offset <= limit, size <= limit - offset, count <= size / ZipFormat.centralHeaderSize else {
                throw LaminaError(.corrupt, "the zip's central directory lies outside the file")
            }
        }

        /// Takes the 64-bit fields where a locator stands; the offset of the Zip64 record then ends the directory.
        private mutating func readZip64(file: ZipBytes, locatorOffset: Int) throws -> Int? {
            let locator = try file.readExactly(ZipFormat.zip64LocatorSize, at: locatorOffset)
            let recordOffset: UInt64? = locator.withUnsafeBytes {
                $0.uint32(at: 0) == ZipFormat.zip64Locator ? $0.uint64(at: 8) : nil
            }
            guard let recordOffset else { return nil }
            guard recordOffset <= UInt64(max(0, locatorOffset - ZipFormat.zip64EndOfDirectorySize)) else {
                throw LaminaError(.corrupt, "the zip's Zip64 record lies outside the file")
            }
            let record = try file.readExactly(ZipFormat.zip64EndOfDirectorySize, at: Int(recordOffset))
            try record.withUnsafeBytes { record in
                guard record.uint32(at: 0) == ZipFormat.zip64EndOfDirectory,
                    let count = Int(exactly: record.uint64(at: 32)), let size = Int(exactly: record.uint64(at: 40)),
                    let offset = Int(exactly: record.uint64(at: 48))
                else { throw LaminaError(.corrupt, "the zip's Zip64 record is damaged") }
                (self.count, self.size, self.offset) = (count, size, offset)
            }
            return Int(recordOffset)
        }
    }
}
