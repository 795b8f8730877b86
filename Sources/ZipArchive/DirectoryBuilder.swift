/// Collects central headers and closes the zip with the end records.
struct DirectoryBuilder {
    private var bytes: [UInt8] = []
    private var count = 0

    mutating func add(_ header: EntryHeader) {
        bytes += header.central
        count += 1
    }

    /// The directory and its end records, for a directory that starts at `offset`.
    consuming func finish(at offset: Int) -> [UInt8] {
        let size = bytes.count
        let needsZip64 = count >= 0xffff || max(size, offset) >= ZipFormat.zip64Threshold
        var end = bytes
        if needsZip64 {
            end.append(littleEndian: ZipFormat.zip64EndOfDirectory)
            end.append(littleEndian: UInt64(ZipFormat.zip64EndOfDirectorySize - 12))
            end.append(littleEndian: ZipFormat.unixHost << 8 | 45)
            end.append(littleEndian: UInt16(45))
            end.append(littleEndian: UInt64(0))  // this disk, and the directory's
            end.append(littleEndian: UInt64(count))
            end.append(littleEndian: UInt64(count))
            end.append(littleEndian: UInt64(size))
            end.append(littleEndian: UInt64(offset))
            end.append(littleEndian: ZipFormat.zip64Locator)
            end.append(littleEndian: UInt32(0))
            end.append(littleEndian: UInt64(offset + size))
            end.append(littleEndian: UInt32(1))
        }
        end.append(littleEndian: ZipFormat.endOfDirectory)
        end.append(littleEndian: UInt32(0))
        end.append(littleEndian: UInt16(clamping: count))
        end.append(littleEndian: UInt16(clamping: count))
        end.append(littleEndian: needsZip64 ? UInt32.max : UInt32(size))
        end.append(littleEndian: needsZip64 ? UInt32.max : UInt32(offset))
        end.append(littleEndian: UInt16(0))
        return end
    }
}
