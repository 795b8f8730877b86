import LambdaModel
import LaminaErrors

/// The Node and platform that a layer is for, whatever machine builds it.
struct NodeTarget: Sendable, Hashable {
    let runtime: Runtime
    let architecture: Architecture
    /// The major version of Node.
    let major: Int

    /// - Throws: ``LaminaError`` `invalidArgument` when the runtime is not Node 14 or later.
    init(_ target: BuildTarget) throws {
        let version = target.runtime.version.prefix { $0 != "." }
        guard target.runtime.family == .nodejs, let major = Int(version), major >= 14 else {
            throw LaminaError(.invalidArgument, "a package.json builds for Node 14 and later, not for \(target.runtime)")
        }
        runtime = target.runtime
        architecture = target.architecture
        self.major = major
    }

    /// Node's `process.arch`.
    var cpu: String {
        switch architecture {
        case .x86_64: "x64"
        case .arm64: "arm64"
        }
    }
}
