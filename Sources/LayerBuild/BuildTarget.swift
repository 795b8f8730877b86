import LambdaModel

/// What a layer is built for.
public struct BuildTarget: Sendable, Hashable {
    public var runtime: Runtime
    public var architecture: Architecture

    public init(runtime: Runtime, architecture: Architecture) {
        self.runtime = runtime
        self.architecture = architecture
    }
}

extension BuildTarget: CustomStringConvertible {
    public var description: String { "\(runtime) on \(architecture.rawValue)" }
}
