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

    package var kind: ZipEntry.Kind {
        switch source {
        case .symbolicLink: .symbolicLink
        case .directory: .directory
        default: .file
        }
    }
}
