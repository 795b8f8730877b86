import LambdaModel

/// What CreateFunction takes beside the settings.
public struct NewFunction: Sendable {
    public var name: String?
    public var settings: FunctionSettings
    public var architectures: [String]?
    /// `Zip` or `Image`.
    public var packageType: String?
    public var tags: [String: String]?
    /// Whether version 1 is published at once.
    public var publishes: Bool
    /// Where its zip is; nil where the request says nothing of code.
    public var code: CodeLocation?

    public init(
        name: String?, settings: FunctionSettings, architectures: [String]?, packageType: String?, tags: [String: String]?, publishes: Bool,
        code: CodeLocation?
    ) {
        self.code = code
        self.name = name
        self.settings = settings
        self.architectures = architectures
        self.packageType = packageType
        self.tags = tags
        self.publishes = publishes
    }

    /// Checks what needs no bytes.
    ///
    /// - Throws: `APIError`.
    func validate() throws {
        var validation = Validation()
        validation.requirePresence("functionName", name != nil)
        validation.requirePresence("code", code != nil)
        code?.validate(&validation, in: "code.")
        validation.requirePresence("role", settings.role != nil)
        validation.requireMember("packageType", packageType, of: ["Image", "Zip"])
        validation.requireTags(tags)
        validation.require("functionName", name, .functionName)
        validation.requireArchitecture(architectures)
        settings.validate(&validation)
        try validation.finish()
        try settings.requireParameters()
        guard tags?.count ?? 0 <= Limits.tags else { throw APIError.invalidParameter("Number of tags exceeds resource tag limit.") }
        if packageType == "Image" {
            guard settings.handler == nil, settings.runtime == nil, settings.layers?.isEmpty ?? true else {
                throw APIError.invalidParameter(
                    "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.")
            }
            throw APIError.invalidParameter("Functions from container images are not run here; give a .zip file archive.")
        }
        guard settings.runtime != nil, settings.handler != nil else {
            throw APIError.missingRuntime
        }
    }
}
