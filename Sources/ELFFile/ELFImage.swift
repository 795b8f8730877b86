import LaminaErrors

/// Bounds-checked reads of an ELF file's header, program headers and strings.
struct ELFImage {
    struct Segment {
        var type: UInt32
        var offset: Int
        var address: UInt64
        var fileSize: Int
    }

    enum SegmentType: UInt32 {
        case load = 1
        case dynamic = 2
        case interpreter = 3
    }

    let bytes: UnsafeRawBufferPointer
    let machine: UInt16
    private let segments: [Segment]

    init(_ bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count >= 64, ELFFile.hasMagic(bytes) else { throw LaminaError(.corrupt, "not an ELF file") }
        guard bytes[4] == 2, bytes[5] == 1 else { throw LaminaError(.unsupported, "not a 64-bit little-endian ELF file") }
        self.bytes = bytes
        machine = bytes.loadUnaligned(fromByteOffset: 18, as: UInt16.self).littleEndian
        let tableOffset = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self).littleEndian
        let entrySize = Int(bytes.loadUnaligned(fromByteOffset: 54, as: UInt16.self).littleEndian)
        let count = Int(bytes.loadUnaligned(fromByteOffset: 56, as: UInt16.self).littleEndian)
        guard count == 0 || entrySize >= 56, let start = Int(exactly: tableOffset), start <= bytes.count,
            count * entrySize <= bytes.count - start
        else { throw LaminaError(.corrupt, "the ELF file's program headers lie outside it") }
        segments = (0..<count).map { index in
            let at = start + index * entrySize
            func field(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: at + offset, as: UInt64.self).littleEndian }
            return Segment(
                type: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self).littleEndian, offset: Int(clamping: field(8)),
                address: field(16), fileSize: Int(clamping: field(32)))
        }
    }

    func segment(_ type: SegmentType) -> Segment? { segments.first { $0.type == type.rawValue } }

    /// Where a virtual address lies in the file.
    func offset(ofAddress address: UInt64) throws -> Int {
        for segment in segments where segment.type == SegmentType.load.rawValue && address >= segment.address {
            let distance = address - segment.address
            if distance < UInt64(segment.fileSize) {
                let (offset, overflow) = segment.offset.addingReportingOverflow(Int(clamping: distance))
                if !overflow, offset < bytes.count { return offset }
            }
        }
        throw LaminaError(.corrupt, "the ELF file refers to an address that it does not load")
    }

    func uint16(at offset: Int) throws -> UInt16 { try load(offset) }
    func uint32(at offset: Int) throws -> UInt32 { try load(offset) }
    func uint64(at offset: Int) throws -> UInt64 { try load(offset) }

    private func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) throws -> T {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { throw LaminaError(.corrupt, "the ELF file is cut short") }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The zero-terminated string at an offset.
    func string(at offset: Int) throws -> String {
        guard offset >= 0, offset < bytes.count, let end = bytes[offset...].firstIndex(of: 0) else {
            throw LaminaError(.corrupt, "the ELF file has a string that does not end")
        }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }
}
