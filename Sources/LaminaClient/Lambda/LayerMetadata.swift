import LambdaModel
import LaminaErrors

/// What a publisher says of a new layer version.
public struct LayerMetadata: Sendable, Hashable, Encodable {
    public var description: String?
    public var licenseInfo: String?
    /// Left out of the request when nil.
    public var compatibleRuntimes: [String]?
    /// Left out of the request when nil.
    public var compatibleArchitectures: [String]?

    public init(
        description: String? = nil, licenseInfo: String? = nil, compatibleRuntimes: [String]? = nil,
        compatibleArchitectures: [String]? = nil
    ) {
        self.description = description
        self.licenseInfo = licenseInfo
        self.compatibleRuntimes = compatibleRuntimes
        self.compatibleArchitectures = compatibleArchitectures
    }

    /// Checks what the service would refuse. Runtimes are left to it, which may know more of them.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument`.
    public func check() throws {
        func requireLength(_ what: String, _ text: String?, atMost limit: Int) throws {
            guard let text, text.unicodeScalars.count > limit else { return }
            throw LaminaError(.invalidArgument, "\(what) has \(text.unicodeScalars.count) characters, and \(limit) are allowed")
        }
        try requireLength("the description", description, atMost: Limits.description)
        try requireLength("the license", licenseInfo, atMost: Limits.licenseInfo)
        if let count = compatibleRuntimes?.count, count > Limits.compatibleRuntimes {
            throw LaminaError(.invalidArgument, "\(count) runtimes were given, and \(Limits.compatibleRuntimes) are allowed")
        }
        for name in compatibleArchitectures ?? [] where Architecture(rawValue: name) == nil {
            let known = Architecture.allCases.map(\.rawValue).joined(separator: " or ")
            throw LaminaError(.invalidArgument, "'\(name)' is no architecture: give \(known)")
        }
    }

    enum CodingKeys: String, CodingKey {
        case description = "Description"
        case licenseInfo = "LicenseInfo"
        case compatibleRuntimes = "CompatibleRuntimes"
        case compatibleArchitectures = "CompatibleArchitectures"
    }
}
