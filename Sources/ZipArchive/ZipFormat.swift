/// Signatures and sizes of APPNOTE.TXT's records, and little-endian reads of their fields.
enum ZipFormat {
    static let localHeader: UInt32 = 0x0403_4b50
    static let centralHeader: UInt32 = 0x0201_4b50
    static let endOfDirectory: UInt32 = 0x0605_4b50
    static let zip64EndOfDirectory: UInt32 = 0x0606_4b50
    static let zip64Locator: UInt32 = 0x0706_4b50

    static let localHeaderSize = 30
    static let centralHeaderSize = 46
    static let endOfDirectorySize = 22
    static let zip64EndOfDirectorySize = 56
    static let zip64LocatorSize = 20

    /// 1980-01-01, the first day that a zip's DOS date can hold: every entry that we write has it.
    static let fixedDate: UInt16 = 1 << 5 | 1

    static let utf8Flag: UInt16 = 1 << 11
    static let encryptedFlag: UInt16 = 1
    static let zip64ExtraTag: UInt16 = 1

    /// `S_IFMT` and its values in the upper half of a Unix entry's external attributes.
    static let modeTypeMask: UInt16 = 0o170000
    static let modeRegular: UInt16 = 0o100000
    static let modeDirectory: UInt16 = 0o040000
    static let modeSymbolicLink: UInt16 = 0o120000
    static let unixHost: UInt16 = 3

    /// A file at least this large on the wire is written with Zip64 fields.
    static let zip64Threshold = 0xffff_ffff
}

extension UnsafeRawBufferPointer {
    func uint16(at offset: Int) -> UInt16 { UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
    func uint32(at offset: Int) -> UInt32 { UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    func uint64(at offset: Int) -> UInt64 { UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
}

extension [UInt8] {
    mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
