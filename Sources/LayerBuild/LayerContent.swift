import LayerCheck
import ZipArchive

/// What goes into a layer's zip, and what is known of it, before the zip is written.
public struct LayerContent: Sendable {
    public var entries: [ZipContent]
    public var packages: [Package]
    /// What is known of the entries already; what it lacks is read when the layer is checked.
    public var index: ContentIndex
    /// Whether the entries hold modules that were compiled ahead.
    public var hasBytecode = false
    /// What the user should know of how the content came about, a line each.
    public var notes: [String] = []

    public init(entries: [ZipContent] = [], packages: [Package] = [], index: ContentIndex = ContentIndex()) {
        self.entries = entries
        self.packages = packages
        self.index = index
    }

    /// Bytes of all entries when unzipped.
    public var unzippedSize: Int { entries.reduce(0) { $0 + $1.size } }

    /// Reads what of the entries nobody has read yet.
    mutating func readAll() async throws {
        let unread = entries.filter { !index.covered.contains($0.path) }
        index.merge(try await ContentIndex(reading: unread.map { LayerFile($0) }))
    }

    /// Adds other content, whose entries take the place of those with the same path.
    public mutating func merge(_ other: LayerContent) {
        let replaced = Set(other.entries.map(\.path))
        entries.removeAll { replaced.contains($0.path) }
        entries += other.entries
        packages += other.packages
        index.remove(replaced)
        index.merge(other.index)
        hasBytecode = hasBytecode || other.hasBytecode
        notes += other.notes
    }
}

extension LayerContent {
    /// A package of some registry that the layer holds.
    public struct Package: Sendable, Hashable, Codable {
        public var ecosystem: Ecosystem
        /// As its registry writes it: `opencv-python`, `@scope/name`, `group:artifact`.
        public var name: String
        public var version: String
        /// The wheel, tarball, gem, jar or system package that it came from.
        public var file: String
        /// Bytes when unzipped.
        public var size: Int
        /// An SPDX expression, or the package's own words.
        public var license: String?
        /// The file's SHA-256, hexadecimal.
        public var sha256: String?
        /// The digest that the package's registry or lock gives, as W3C's Subresource Integrity writes it: `sha512-…`.
        public var integrity: String?
        /// Where the package came from, when that was not its registry.
        public var origin: Origin?

        public init(
            _ ecosystem: Ecosystem, name: String, version: String, file: String, size: Int, license: String? = nil, sha256: String? = nil,
            integrity: String? = nil, origin: Origin? = nil
        ) {
            self.ecosystem = ecosystem
            self.name = name
            self.version = version
            self.file = file
            self.size = size
            self.license = license
            self.sha256 = sha256
            self.integrity = integrity
            self.origin = origin
        }
    }

    /// A place of packages that is no registry.
    public enum Origin: Sendable, Hashable, Codable {
        case folder
        case repository(url: String, commit: String)
    }

    /// Whose names a package's are; the types of package URLs (purl specification).
    public enum Ecosystem: String, Sendable, Hashable, Codable {
        case pypi, npm, gem, maven, rpm, deb
    }
}
