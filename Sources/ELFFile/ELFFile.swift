import LaminaErrors

/// What an ELF file needs and offers, read from its dynamic section: System V ABI, and the GNU symbol versions of the Linux Standard Base.
public struct ELFFile: Sendable, Hashable, Codable {
    public var machine: Machine
    /// The program interpreter of an executable (`PT_INTERP`).
    public var interpreter: String?
    /// `DT_SONAME`.
    public var soname: String?
    /// `DT_NEEDED`, in the loader's order.
    public var needed: [String]
    /// `DT_RPATH`, which counts only where there is no ``runPaths``.
    public var rpaths: [String]
    /// `DT_RUNPATH`.
    public var runPaths: [String]
    /// Symbol versions wanted, by the library that must define them: `libc.so.6` → `GLIBC_2.17`, ….
    public var neededVersions: [String: [String]]
    /// Symbol versions that the file defines, its own name among them.
    public var definedVersions: [String]

    /// `e_machine`.
    public enum Machine: Sendable, Hashable, Codable {
        case x86_64, arm64
        case other(UInt16)

        init(code: UInt16) {
            switch code {
            case 62: self = .x86_64
            case 183: self = .arm64
            default: self = .other(code)
            }
        }
    }

    /// Whether bytes begin as an ELF file does.
    public static func hasMagic(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && bytes.loadUnaligned(as: UInt32.self).littleEndian == 0x464c_457f
    }

    /// Reads a 64-bit little-endian ELF file.
    ///
    /// - Throws: ``LaminaError`` `unsupported` for other kinds of ELF, `corrupt` where an offset leaves the file.
    public init(_ bytes: UnsafeRawBufferPointer) throws { try self.init(ELFBytes(bytes)) }

    init(_ bytes: ELFBytes) throws {
        let image = try ELFImage(bytes)
        machine = Machine(code: image.machine)
        interpreter = try image.segment(.interpreter).map { try image.string(at: $0.offset, limit: $0.offset + max(1, $0.fileSize)) }
        let dynamic = try ELFDynamicSection(image)
        soname = try dynamic.strings(.soname).first
        needed = try dynamic.strings(.needed)
        rpaths = try dynamic.strings(.rpath).flatMap(Self.splitPath)
        runPaths = try dynamic.strings(.runPath).flatMap(Self.splitPath)
        neededVersions = try dynamic.neededVersions()
        definedVersions = try dynamic.definedVersions()
    }

    private static func splitPath(_ path: String) -> [String] { path.split(separator: ":").map(String.init) }
}

extension ELFFile {
    /// Whether the loader can map the file: each segment's place in it and its address agree within a page (System V ABI, "Program Loading").
    ///
    /// - Throws: ``LaminaError`` as ``init(_:)`` does.
    public static func hasAlignedSegments(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        try ELFImage(ELFBytes(bytes)).hasAlignedSegments
    }

    /// Whether something follows the last byte that the file's own tables tell of, as programs have it that carry an archive of theirs.
    ///
    /// - Throws: ``LaminaError`` as ``init(_:)`` does.
    public static func hasTrailingData(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
        let end = try ELFImage(ELFBytes(bytes)).end
        return bytes[end...].contains { $0 != 0 }
    }
}
