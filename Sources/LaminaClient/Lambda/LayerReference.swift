import AWSWire
import LambdaModel
import LaminaErrors

/// A layer as a caller names it: by its name, in their own account and region, or by its ARN.
public struct LayerReference: Sendable, Hashable {
    /// The name or the ARN without a version, as it was written (an ARN's partition is kept).
    public let text: String
    /// 1 to 140 characters of `[a-zA-Z0-9-_]`.
    public let name: String
    /// The account and region of an ARN; nil for a name.
    public let scope: Scope?

    /// - Throws: ``LaminaError`` `invalidArgument` when the text is neither a name nor an ARN without a version.
    public init(_ text: String) throws {
        let fields = text.split(separator: ":")
        guard Pattern.layerName.matches(text), let name = fields.last else {
            throw LaminaError(
                .invalidArgument,
                "'\(text)' names no layer: give its name, or its ARN as in arn:aws:lambda:us-east-1:111122223333:layer:tools")
        }
        self.text = text
        self.name = String(name)
        scope = fields.count > 1 ? Scope(account: String(fields[4]), region: String(fields[3])) : nil
    }

    /// The path segment of the layer's operations.
    var pathSegment: String { PercentEncoding.encode(text) }
}

extension LayerReference: CustomStringConvertible {
    public var description: String { text }
}

/// A layer version as a caller names it: `NAME:NUMBER` in their own account and region, or its ARN.
public struct LayerVersionReference: Sendable, Hashable {
    public let layer: LayerReference
    /// From 1.
    public let version: Int

    public init(layer: LayerReference, version: Int) {
        self.layer = layer
        self.version = version
    }

    /// - Throws: ``LaminaError`` `invalidArgument` when the text is neither.
    public init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let version = Int(text[text.index(after: colon)...]), version > 0,
            let layer = try? LayerReference(String(text[..<colon]))
        else {
            throw LaminaError(
                .invalidArgument,
                "'\(text)' names no layer version: give NAME:NUMBER, or its ARN as in arn:aws:lambda:us-east-1:111122223333:layer:tools:3"
            )
        }
        self.init(layer: layer, version: version)
    }
}

extension LayerVersionReference: CustomStringConvertible {
    public var description: String { "\(layer):\(version)" }
}

/// A layer, or one version of it, where either may be meant.
public struct LayerSelection: Sendable, Hashable {
    public let layer: LayerReference
    /// Nil for all versions.
    public let version: Int?

    /// All versions of a layer.
    public init(_ layer: LayerReference) { (self.layer, version) = (layer, nil) }

    /// - Throws: ``LaminaError`` `invalidArgument` when the text names neither a layer nor a layer version.
    public init(_ text: String) throws {
        if let reference = try? LayerVersionReference(text) {
            (layer, version) = (reference.layer, reference.version)
        } else {
            (layer, version) = (try LayerReference(text), nil)
        }
    }

    /// Whether a layer version that a function of this account has is meant; a bare name means the account's own layer.
    func contains(_ used: LayerVersionReference, account: String, region: String) -> Bool {
        let scope = layer.scope ?? Scope(account: account, region: region)
        return used.layer.name == layer.name && used.layer.scope == scope && (version == nil || version == used.version)
    }
}

extension LayerSelection: CustomStringConvertible {
    public var description: String { version.map { "\(layer):\($0)" } ?? layer.text }
}
