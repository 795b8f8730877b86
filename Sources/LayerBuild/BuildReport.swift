import LambdaModel
import LayerCheck

/// What a build made, for the terminal and as JSON.
public struct BuildReport: Sendable, Codable {
    /// The zip's path.
    public var output: String
    /// The runtimes and architectures that the zip is for; the first of them where programs want one.
    public var runtime: String
    public var architecture: String
    public var runtimes: [String]
    public var architectures: [String]
    public var packages: [LayerContent.Package]
    public var files: Int
    /// Bytes of the zip.
    public var zippedSize: Int
    /// Bytes when unzipped.
    public var unzippedSize: Int
    /// The zip's SHA-256, hexadecimal.
    public var sha256: String
    /// The licenses of all packages in one text, for `lamina publish --license`; nil where none is known.
    public var licenses: String?
    /// The path of the CycloneDX bill of materials.
    public var sbom: String
    public var findings: [Finding]
    public var removed: [Removed]
    /// Shared libraries that a completion brought.
    public var libraries: [CompletedLibrary]
    /// What else the user should know, a line each.
    public var notes: [String]
    /// Whether the zip holds compiled modules.
    public var hasBytecode: Bool
    /// Seconds.
    public var duration: Double

    init(
        output: String, targets: [BuildTarget], packages: [LayerContent.Package], files: Int, zippedSize: Int, unzippedSize: Int,
        sha256: String, licenses: String?, sbom: String, findings: [Finding], removed: [Removed], libraries: [CompletedLibrary],
        notes: [String], hasBytecode: Bool, duration: Double
    ) {
        func unique(_ texts: [String]) -> [String] { texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        self.output = output
        runtimes = unique(targets.map(\.runtime.identifier))
        architectures = unique(targets.map(\.architecture.rawValue))
        runtime = runtimes.first ?? ""
        architecture = architectures.first ?? ""
        self.packages = packages
        self.files = files
        self.zippedSize = zippedSize
        self.unzippedSize = unzippedSize
        self.sha256 = sha256
        self.licenses = licenses
        self.sbom = sbom
        self.findings = findings
        self.removed = removed
        self.libraries = libraries
        self.notes = notes
        self.hasBytecode = hasBytecode
        self.duration = duration
    }

    /// The layer's part of what Lambda allows unzipped, 0 to 1 and above.
    public var shareOfLimit: Double { Double(unzippedSize) / Double(Limits.unzipped) }

    /// What was left out of the layer, by why.
    public struct Removed: Sendable, Codable {
        /// `tests`, `type stubs`, `static archives`, `headers`, `debug symbols`, or an exclusion's pattern.
        public var reason: String
        public var files: Int
        /// Bytes when unzipped.
        public var size: Int
    }
}
