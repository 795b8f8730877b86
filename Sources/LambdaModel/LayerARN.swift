/// `arn:aws:lambda:REGION:ACCOUNT:layer:NAME`.
public struct LayerARN: Sendable, Hashable {
    public var scope: Scope
    /// 1 to 140 characters of `[a-zA-Z0-9-_]`.
    public var name: String

    public init(scope: Scope, name: String) {
        self.scope = scope
        self.name = name
    }

    /// A layer as a path names it: by name in the caller's scope, or by ARN without a version.
    ///
    /// Nil when it is neither, or is in another partition than `aws`; ``Pattern/layerName`` tells the one from the other.
    public init?(nameOrARN text: String, scope: Scope) {
        if text.isLambdaName(limit: 140) {
            self.init(scope: scope, name: text)
        } else if Pattern.layerName.matches(text),
            let layer = LayerARN(fields: text.split(separator: ":", omittingEmptySubsequences: false))
        {
            self = layer
        } else {
            return nil
        }
    }

    /// An ARN that has been found to have the right form, taken apart at its colons.
    fileprivate init?(fields: [Substring]) {
        guard fields.count >= 7, fields[1] == "aws" else { return nil }
        self.init(scope: Scope(account: String(fields[4]), region: String(fields[3])), name: String(fields[6]))
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

    public init(layer: LayerARN, version: Int) {
        self.layer = layer
        self.version = version
    }

    /// Nil when the text is not the ARN of a layer version, or is one of another partition than `aws`; ``Pattern/layerVersionARN`` tells
    /// the one from the other.
    public init?(_ text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard Pattern.layerVersionARN.matches(text), fields.count == 8, let version = Int(fields[7]), let layer = LayerARN(fields: fields)
        else { return nil }
        self.init(layer: layer, version: version)
    }
}

extension LayerVersionARN: CustomStringConvertible {
    public var description: String { "\(layer):\(version)" }
}
