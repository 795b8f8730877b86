import LayerCheck
import ZipArchive

/// What goes into a layer's zip, and what is known of it, before the zip is written.
public struct LayerContent: Sendable {
    public var entries: [ZipContent]
    public var packages: [Package]
    public var findings: [Finding]

    /// A package of some language's registry that the layer holds.
    public struct Package: Sendable, Hashable, Codable {
        public var name: String
        public var version: String
        /// The wheel, tarball or jar that it came from.
        public var file: String
        /// Bytes when unzipped.
        public var size: Int
    }

    /// Bytes of all entries when unzipped.
    public var unzippedSize: Int { entries.reduce(0) { $0 + $1.size } }
}
