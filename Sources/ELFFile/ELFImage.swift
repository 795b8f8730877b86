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

    let bytes: ELFBytes
    let machine: UInt16
    private let segments: [Segment]

    init(_ bytes: ELFBytes) throws {
        guard bytes.count >= 64 else { throw LaminaError(.corrupt, "not an ELF file") }
        try bytes.withBytes(0..<64) { header in
            guard ELFFile.hasMagic(header) else { throw LaminaError(.corrupt, "not an ELF file") }
            guard header[4] == 2, header[5] == 1 else { throw LaminaError(.unsupported, "not a 64-bit little-endian ELF file") }
        }
        self.bytes = bytes
        machine = try Self.load(bytes, 18)
        let tableOffset: UInt64 = try Self.load(bytes, 32)
        let entrySize = Int(try Self.load(bytes, 54) as UInt16)
        let count = Int(try Self.load(bytes, 56) as UInt16)
        guard count == 0 || entrySize >= 56, let start = Int(exactly: tableOffset), start <= bytes.count,
            count * entrySize <= bytes.count - start
        else { throw LaminaError(.corrupt, "the ELF file's program headers lie outside it") }
        segments = try (0..<count).map { index in
            let at = start + index * entrySize
            func field(_ offset: Int) throws -> UInt64 { try Self.load(bytes, at + offset) }
            // None is larger than the file, so that no sum of them overflows.
            func size(_ offset: Int) throws -> Int { min(Int(clamping: try field(offset)), bytes.count) }
            return Segment(type: try Self.load(bytes, at), offset: try size(8), address: try field(16), fileSize: try size(32))
        }
    }

    /// Pages have 4096 bytes at least.
    var hasAlignedSegments: Bool {
        segments.allSatisfy { $0.type != SegmentType.load.rawValue || $0.address % 4096 == UInt64($0.offset) % 4096 }
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

    /// Where the last of the file's segments, sections and tables of them ends.
    ///
    /// - Throws: ``LaminaError`` `corrupt` where the sections' table lies outside the file.
    var end: Int {
        get throws {
            let sections = try sectionHeaders
            let table = (Int(clamping: try uint64(at: 32)), Int(try uint16(at: 54)) * Int(try uint16(at: 56)))
            var ends = [64, table.0 + table.1, sections.last.map { $0 + 64 } ?? 0] + segments.map { $0.offset + $0.fileSize }
            for header in sections where try uint32(at: header + 4) != Self.sectionWithoutBytes {
                ends.append(
                    min(Int(clamping: try uint64(at: header + 24)), bytes.count)
                        + min(Int(clamping: try uint64(at: header + 32)), bytes.count))
            }
            return min(ends.max() ?? 0, bytes.count)
        }
    }

    /// `SHT_NOBITS`.
    private static let sectionWithoutBytes: UInt32 = 8

    /// Where each section's header is in the file.
    private var sectionHeaders: [Int] {
        get throws {
            let start = Int(clamping: try uint64(at: 40))
            let (size, count) = (Int(try uint16(at: 58)), Int(try uint16(at: 60)))
            guard count > 0 else { return [] }
            guard size >= 64, start <= bytes.count, count * size <= bytes.count - start else {
                throw LaminaError(.corrupt, "the ELF file's section headers lie outside it")
            }
            return (0..<count).map { start + $0 * size }
        }
    }

    func uint16(at offset: Int) throws -> UInt16 { try Self.load(bytes, offset) }
    func uint32(at offset: Int) throws -> UInt32 { try Self.load(bytes, offset) }
    func uint64(at offset: Int) throws -> UInt64 { try Self.load(bytes, offset) }

    private static func load<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: ELFBytes, _ offset: Int) throws -> T {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { throw LaminaError(.corrupt, "the ELF file is cut short") }
        return try bytes.withBytes(offset..<offset + MemoryLayout<T>.size) { T(littleEndian: $0.loadUnaligned(as: T.self)) }
    }

    /// The zero-terminated string at an offset, within a table that ends at `limit`.
    func string(at offset: Int, limit: Int) throws -> String {
        guard offset >= 0, offset < min(limit, bytes.count) else {
            throw LaminaError(.corrupt, "the ELF file has a string outside its table")
        }
        return try bytes.withBytes(offset..<min(limit, bytes.count)) { table in
            guard let end = table.firstIndex(of: 0) else { throw LaminaError(.corrupt, "the ELF file has a string that does not end") }
            return String(decoding: table[..<end], as: UTF8.self)
        }
    }
}
