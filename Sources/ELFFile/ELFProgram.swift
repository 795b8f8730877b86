import LaminaErrors

/// What Linux looks at before it starts an ELF file, and no more: its header, and the interpreter that it names (binfmt_elf.c).
public struct ELFProgram: Sendable, Hashable {
    public let machine: ELFFile.Machine
    /// `PT_INTERP`.
    public let interpreter: String?

    private static let headerSize = 64
    /// `ET_EXEC` and `ET_DYN`.
    private static let types: ClosedRange<UInt16> = 2...3
    private static let segmentSize = 56
    /// Bytes of all program headers that Linux takes.
    private static let tableLimit = 65_536
    /// Bytes of the interpreter's name, with its zero.
    private static let nameSizes = 2...4096

    /// - Parameter read: Gives as many of the file's bytes from an offset as there are, up to a count, which is at most 64 KiB.
    /// - Throws: ``LaminaError`` `unsupported` for what Linux takes for no 64-bit program, and what `read` throws.
    public init(read: (_ offset: Int, _ count: Int) throws -> [UInt8]) throws {
        let header = try read(0, Self.headerSize)
        guard header.count == Self.headerSize, header.withUnsafeBytes(ELFFile.hasMagic), header[4] == 2, header[5] == 1,
            Self.types.contains(header.integer(at: 16))
        else { throw Self.noProgram }
        machine = ELFFile.Machine(code: header.integer(at: 18))
        let size = Int(header.integer(at: 56) as UInt16) * Self.segmentSize
        guard header.integer(at: 54) == UInt16(Self.segmentSize), (1...Self.tableLimit).contains(size) else { throw Self.noProgram }
        let table = try read(Int(clamping: header.integer(at: 32) as UInt64), size)
        guard table.count == size else { throw Self.noProgram }
        let entries = stride(from: 0, to: size, by: Self.segmentSize)
        guard let entry = entries.first(where: { table.integer(at: $0) == ELFImage.SegmentType.interpreter.rawValue }) else {
            interpreter = nil
            return
        }
        let length = Int(clamping: table.integer(at: entry + 32) as UInt64)
        guard Self.nameSizes.contains(length) else { throw Self.noProgram }
        let name = try read(Int(clamping: table.integer(at: entry + 8) as UInt64), length)
        guard name.count == length, name.last == 0 else { throw Self.noProgram }
        interpreter = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static var noProgram: LaminaError { LaminaError(.unsupported, "not a 64-bit little-endian ELF program") }
}

extension [UInt8] {
    /// A little-endian number; the caller has made sure that it is there.
    fileprivate func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> T {
        withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }
}
