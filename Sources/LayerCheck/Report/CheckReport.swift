import LambdaModel

/// What a check found, for the terminal and as JSON.
public struct CheckReport: Sendable, Codable {
    /// What was checked, as the user calls it.
    public var source: String
    public var runtime: String
    public var architecture: String
    public var findings: [Finding]
    /// Bytes of the zip, where it is one.
    public var zippedSize: Int?
    /// Bytes unzipped, of all layers and the function.
    public var unzippedSize: Int
    public var sizes: SizeTree
    /// Modules that were imported in the sandbox; nil where none were to be.
    public var imported: [String]?
    /// Seconds.
    public var duration: Double

    public init(
        source: String, runtime: Runtime, architecture: Architecture, findings: [Finding], zippedSize: Int?, sizes: SizeTree,
        imported: [String]? = nil, duration: Double
    ) {
        self.source = source
        self.runtime = runtime.identifier
        self.architecture = architecture.rawValue
        self.findings = findings
        self.zippedSize = zippedSize
        unzippedSize = sizes.size
        self.sizes = sizes
        self.imported = imported
        self.duration = duration
    }

    public func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }
}
