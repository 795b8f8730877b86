import Checksum
import SystemPackage

/// One entry of a zip that is to be written: its path, its mode, and where its bytes are.
public struct ZipContent: Sendable {
    /// Where an entry's bytes come from.
    public enum Source: Sendable {
        /// An entry of another zip, whose compressed bytes are copied as they are.
        case transplant(ZipReader, ZipEntry)
        /// An entry of another zip, whose bytes are compressed anew.
        case recompressed(ZipReader, ZipEntry)
        case file(FilePath, size: Int)
        case bytes([UInt8])
        /// A symlink's target.
        case symbolicLink(String)
        case directory
    }

    /// The name in the zip, without a trailing slash.
    public var path: String
    /// Whether the mode is 0755; else it is 0644.
    public var isExecutable: Bool
    public var source: Source

    public init(path: String, isExecutable: Bool = false, source: Source) {
        self.path = path
        self.isExecutable = isExecutable
        self.source = source
    }

    /// Bytes when inflated.
    public var size: Int {
        switch source {
        case .transplant(_, let entry), .recompressed(_, let entry): entry.size
        case .file(_, let size): size
        case .bytes(let bytes): bytes.count
        case .symbolicLink(let target): target.utf8.count
        case .directory: 0
        }
    }

    /// Whether two entries are known to have the same bytes: by the same file or by their checksums, which files are read for.
    package func hasSameBytes(as other: ZipContent) -> Bool {
        guard size == other.size, kind == other.kind else { return false }
        if case .symbolicLink(let target) = source, case .symbolicLink(let otherTarget) = other.source { return target == otherTarget }
        if case .file(let path, _) = source, case .file(path, _) = other.source { return true }
        guard let checksum, let otherChecksum = other.checksum else { return size == 0 }
        return checksum == otherChecksum
    }

    private var checksum: UInt32? {
        switch source {
        case .transplant(_, let entry), .recompressed(_, let entry): entry.crc32
        case .bytes(let bytes): bytes.withUnsafeBytes { CyclicRedundancyCheck.crc32($0) }
        case .file: fileChecksum
        case .symbolicLink, .directory: nil
        }
    }

    /// Nil for a file that cannot be read.
    private var fileChecksum: UInt32? {
        var checksum = CyclicRedundancyCheck(.crc32)
        let isRead: ()? = try? ContentStream().read(self) { piece in
            checksum.update(piece)
            return true
        }
        return isRead.map { checksum.bytes.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    package var kind: ZipEntry.Kind {
        switch source {
        case .symbolicLink: .symbolicLink
        case .directory: .directory
        default: .file
        }
    }
}
