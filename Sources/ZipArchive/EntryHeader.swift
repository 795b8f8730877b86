/// An entry's local and central headers (APPNOTE 4.3.7, 4.3.12), with Zip64 fields where a size or offset needs them.
struct EntryHeader {
    let local: [UInt8]
    let central: [UInt8]

    init(_ content: ZipContent, isDeflated: Bool, crc32: UInt32, compressedSize: Int, size: Int, offset: Int) {
        let name = Array((content.kind == .directory ? content.path + "/" : content.path).utf8)
        let needsZip64Sizes = max(compressedSize, size) >= ZipFormat.zip64Threshold
        let needsZip64Offset = offset >= ZipFormat.zip64Threshold
        let version: UInt16 = needsZip64Sizes || needsZip64Offset ? 45 : 20

        var fields: [UInt8] = []
        fields.append(littleEndian: version)
        fields.append(littleEndian: name.contains { $0 >= 0x80 } ? ZipFormat.utf8Flag : 0)
        fields.append(littleEndian: UInt16(isDeflated ? 8 : 0))
        fields.append(littleEndian: UInt16(0))
        fields.append(littleEndian: ZipFormat.fixedDate)
        fields.append(littleEndian: crc32)
        fields.append(littleEndian: needsZip64Sizes ? UInt32.max : UInt32(compressedSize))
        fields.append(littleEndian: needsZip64Sizes ? UInt32.max : UInt32(size))
        fields.append(littleEndian: UInt16(name.count))

        var sizes: [UInt8] = []
        if needsZip64Sizes {
            sizes.append(littleEndian: UInt64(size))
            sizes.append(littleEndian: UInt64(compressedSize))
        }
        var offsets = sizes
        if needsZip64Offset { offsets.append(littleEndian: UInt64(offset)) }

        local = Self.record(ZipFormat.localHeader, fields, extra: sizes, tail: [], name)
        var tail: [UInt8] = []
        tail.append(littleEndian: UInt16(0))  // comment
        tail.append(littleEndian: UInt16(0))  // disk
        tail.append(littleEndian: UInt16(0))  // internal attributes
        tail.append(littleEndian: UInt32(content.mode) << 16)
        tail.append(littleEndian: needsZip64Offset ? UInt32.max : UInt32(offset))
        var madeBy: [UInt8] = []
        madeBy.append(littleEndian: ZipFormat.unixHost << 8 | version)
        central = Self.record(ZipFormat.centralHeader, madeBy + fields, extra: offsets, tail: tail, name)
    }

    private static func record(_ signature: UInt32, _ fields: [UInt8], extra: [UInt8], tail: [UInt8], _ name: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: signature)
        bytes += fields
        bytes.append(littleEndian: UInt16(extra.isEmpty ? 0 : extra.count + 4))
        bytes += tail
        bytes += name
        if !extra.isEmpty {
            bytes.append(littleEndian: ZipFormat.zip64ExtraTag)
            bytes.append(littleEndian: UInt16(extra.count))
            bytes += extra
        }
        return bytes
    }
}

extension ZipContent {
    /// The Unix mode, type and permissions.
    fileprivate var mode: UInt16 {
        switch source {
        case .symbolicLink: ZipFormat.modeSymbolicLink | 0o777
        case .directory: ZipFormat.modeDirectory | 0o755
        default: ZipFormat.modeRegular | (isExecutable ? 0o755 : 0o644)
        }
    }
}
