import LambdaModel
import SystemPackage

/// Where a function's code and layers lie.
public struct FunctionContent: Sendable, Hashable {
    public var code: Source
    /// In the function's order.
    public var layers: [Source]

    public enum Source: Sendable, Hashable {
        /// A zip of the blob store, by its SHA-256.
        case blob(String)
        /// A zip file, and its SHA-256.
        case zip(FilePath, sha256: String)
        /// A folder, which is used as it is.
        case folder(FilePath)
    }

    public init(code: Source, layers: [Source]) {
        self.code = code
        self.layers = layers
    }

    /// What the registry keeps of a function.
    public init(_ function: LambdaFunction) {
        self.init(code: .blob(function.code.sha256), layers: function.layers.map { .blob($0.sha256) })
    }
}
