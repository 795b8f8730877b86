import LambdaModel
import LaminaErrors

/// The Ruby and platform that a layer is for, whatever machine builds it.
struct RubyTarget: Sendable, Hashable {
    /// The last patch levels that Lambda's runtimes are known to have had; others have 0.
    private static let patches = ["2.7": 8, "3.2": 9, "3.3": 10, "3.4": 7]

    let runtime: Runtime
    let architecture: Architecture
    /// Major and minor, as in `3.3`.
    let version: String

    /// - Throws: ``LaminaError`` `invalidArgument` when the runtime is not Ruby.
    init(_ target: BuildTarget) throws {
        guard target.runtime.family == .ruby else {
            throw LaminaError(.invalidArgument, "a Gemfile builds for Ruby 2.7 and later, not for \(target.runtime)")
        }
        runtime = target.runtime
        architecture = target.architecture
        version = target.runtime.version
    }

    /// What Ruby calls its binary interface, and GEM_PATH's folder.
    var interface: String { "\(version).0" }

    /// The layer's folder that Lambda's GEM_PATH has.
    var gemFolder: String { "ruby/gems/\(interface)" }

    /// RubyGems' name for the platform.
    var platform: String { "\(architecture.machineName)-linux" }

    /// A whole version of this Ruby: the locked one, if it is of this Ruby, else the last one known.
    func fullVersion(locked: String?) -> String {
        if let locked, locked.hasPrefix("\(version).") { return locked }
        return "\(version).\(Self.patches[version] ?? 0)"
    }
}
