import Foundation

/// A published layer version: an immutable value that points at its bytes.
public struct LayerVersion: Sendable, Hashable {
    public var arn: LayerVersionARN
    /// The zip's SHA-256, hexadecimal: the version's identity.
    public var sha256: String
    /// Bytes of the zip.
    public var codeSize: Int
    /// Bytes when unzipped.
    public var unzippedSize: Int
    public var description: String?
    public var licenseInfo: String?
    /// Nil when the publisher left them out, which the API tells apart from none.
    public var compatibleRuntimes: [String]?
    public var compatibleArchitectures: [String]?
    public var created: Date
    /// The object that it is a reference to, where it was not copied.
    public var source: ObjectReference?

    public init(
        arn: LayerVersionARN, sha256: String, codeSize: Int, unzippedSize: Int, description: String?, licenseInfo: String?,
        compatibleRuntimes: [String]?, compatibleArchitectures: [String]?, created: Date, source: ObjectReference? = nil
    ) {
        self.arn = arn
        self.sha256 = sha256
        self.codeSize = codeSize
        self.unzippedSize = unzippedSize
        self.description = description
        self.licenseInfo = licenseInfo
        self.compatibleRuntimes = compatibleRuntimes
        self.compatibleArchitectures = compatibleArchitectures
        self.created = created
        self.source = source
    }
}
