import LaminaErrors

/// The `PT_DYNAMIC` segment: tags, their string table, and the needed symbol versions.
struct ELFDynamicSection {
    enum Tag: UInt64 {
        case needed = 1
        case stringTable = 5
        case stringTableSize = 10
        case soname = 14
        case rpath = 15
        case runPath = 29
        case versionDefinitions = 0x6fff_fffc
        case versionDefinitionsCount = 0x6fff_fffd
        case versionNeeds = 0x6fff_fffe
        case versionNeedsCount = 0x6fff_ffff
    }

    private let image: ELFImage
    private var values: [(tag: UInt64, value: UInt64)] = []
    private var stringTable = 0..<0

    /// A file without the segment (statically linked, or an object file) has an empty section.
    init(_ image: ELFImage) throws {
        self.image = image
        guard let segment = image.segment(.dynamic) else { return }
        for index in 0..<segment.fileSize / 16 {
            let tag = try image.uint64(at: segment.offset + index * 16)
            guard tag != 0 else { break }
            values.append((tag, try image.uint64(at: segment.offset + index * 16 + 8)))
        }
        if let address = value(.stringTable) {
            let start = try image.offset(ofAddress: address)
            // Without its size it may go to the file's end, which a sound file does not do.
            let size = min(value(.stringTableSize).map { Int(clamping: $0) } ?? 1 << 20, image.bytes.count)
            stringTable = start..<min(image.bytes.count, start + size)
        }
    }

    private func value(_ tag: Tag) -> UInt64? { values.first { $0.tag == tag.rawValue }?.value }

    /// The strings that a tag's entries name.
    func strings(_ tag: Tag) throws -> [String] {
        try values.filter { $0.tag == tag.rawValue }.map { try string($0.value) }
    }

    private func string(_ offset: UInt64) throws -> String {
        try image.string(at: stringTable.lowerBound + Int(clamping: min(offset, 1 << 32)), limit: stringTable.upperBound)
    }

    /// `Elfxx_Verneed` records and their `Elfxx_Vernaux` chains.
    func neededVersions() throws -> [String: [String]] {
        guard let address = value(.versionNeeds), let count = value(.versionNeedsCount) else { return [:] }
        var needs: [String: [String]] = [:]
        var record = try image.offset(ofAddress: address)
        var left = 100_000
        for _ in 0..<min(count, 10_000) {
            let library = try string(UInt64(image.uint32(at: record + 4)))
            var auxiliary = record + Int(try image.uint32(at: record + 8))
            for _ in 0..<(try image.uint16(at: record + 2)) {
                // A weak version is one that the loader does without.
                let isWeak = try image.uint16(at: auxiliary + 4) & 2 != 0
                if !isWeak { needs[library, default: []].append(try string(UInt64(image.uint32(at: auxiliary + 8)))) }
                let step = Int(try image.uint32(at: auxiliary + 12))
                left -= 1
                guard step > 0, left > 0 else { break }
                auxiliary += step
            }
            let next = Int(try image.uint32(at: record + 12))
            guard next > 0 else { break }
            record += next
        }
        return needs
    }

    /// `Elfxx_Verdef` records; the first `Elfxx_Verdaux` of each names the version.
    func definedVersions() throws -> [String] {
        guard let address = value(.versionDefinitions), let count = value(.versionDefinitionsCount) else { return [] }
        var versions: [String] = []
        var record = try image.offset(ofAddress: address)
        for _ in 0..<min(count, 10_000) {
            let auxiliary = record + Int(try image.uint32(at: record + 12))
            versions.append(try string(UInt64(image.uint32(at: auxiliary))))
            let next = Int(try image.uint32(at: record + 16))
            guard next > 0 else { break }
            record += next
        }
        return versions
    }
}
