import LaminaErrors

/// `arn:aws:lambda:REGION:ACCOUNT:layer:NAME`.
public struct LayerARN: Sendable, Hashable {
    public var scope: Scope
    /// 1 to 140 characters of `[a-zA-Z0-9-_]`.
    public var name: String

    public init(scope: Scope, name: String) {
        self.scope = scope
        self.name = name
    }

    /// What AWS's validation messages print for a layer's name or ARN.
    public static let namePattern =
        "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})"

    /// A layer as a path names it: by name in the caller's scope, or by ARN without a version. Nil when it is neither.
    public init?(nameOrARN text: String, scope: Scope) {
        if text.isLambdaName(limit: 140) {
            self.init(scope: scope, name: text)
        } else if let parts = ARNParts(text), parts.type == "layer", parts.version == nil {
            self.init(scope: parts.scope, name: parts.name)
        } else {
            return nil
        }
    }
}

extension LayerARN: CustomStringConvertible {
    public var description: String { "arn:aws:lambda:\(scope.region):\(scope.account):layer:\(name)" }
}

/// `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`.
public struct LayerVersionARN: Sendable, Hashable {
    public var layer: LayerARN
    /// From 1.
    public var version: Int

    /// What AWS's validation messages print.
    public static let pattern =
        "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"

    public init(layer: LayerARN, version: Int) {
        self.layer = layer
        self.version = version
    }

    /// Nil when the text is not the ARN of a layer version.
    public init?(_ text: String) {
        guard let parts = ARNParts(text), parts.type == "layer", let number = parts.version, let version = Int(number) else { return nil }
        self.init(layer: LayerARN(scope: parts.scope, name: parts.name), version: version)
    }
}

extension LayerVersionARN: CustomStringConvertible {
    public var description: String { "\(layer):\(version)" }
}

/// `arn:PARTITION:lambda:REGION:ACCOUNT:TYPE:NAME[:VERSION]`, taken apart.
struct ARNParts {
    var scope: Scope
    var type: Substring
    var name: String
    var version: String?

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 7 || parts.count == 8, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "lambda",
            parts[4].isAccountID,
            Self.isRegion(parts[3]), parts[6].isLambdaName(limit: 140)
        else { return nil }
        scope = Scope(account: String(parts[4]), region: String(parts[3]))
        type = parts[5]
        name = String(parts[6])
        version = parts.count == 8 ? String(parts[7]) : nil
    }

    private static func isRegion(_ text: Substring) -> Bool {
        text.utf8.count <= 32 && text.split(separator: "-").count >= 3 && text.isLambdaName(limit: 32)
    }
}
