import LambdaModel

/// What PublishLayerVersion takes beside the bytes.
public struct LayerPublication: Sendable {
    public var description: String?
    public var licenseInfo: String?
    public var compatibleRuntimes: [String]?
    public var compatibleArchitectures: [String]?
    /// The object that the version is to be a reference to.
    public var source: ObjectReference?

    public init(description: String?, licenseInfo: String?, compatibleRuntimes: [String]?, compatibleArchitectures: [String]?) {
        self.description = description
        self.licenseInfo = licenseInfo
        self.compatibleRuntimes = compatibleRuntimes
        self.compatibleArchitectures = compatibleArchitectures
    }

    /// Notes every member that breaks a constraint.
    public func validate(_ validation: inout Validation) {
        validation.requireLength("description", description, atMost: Limits.description)
        validation.requireLength("licenseInfo", licenseInfo, atMost: Limits.licenseInfo)
        validation.requireRuntimes(compatibleRuntimes)
        validation.requireArchitectures(compatibleArchitectures)
    }
}
