import LaminaErrors

/// What a sandbox starts to run functions.
enum Entrypoint: Sendable, Hashable {
    /// The runtime's own command.
    case command([String])
    /// The program `bootstrap` of the deployment package, else of a layer (AWS: "OS-only runtimes").
    case bootstrap

    /// The command, by what a function brings.
    ///
    /// - Throws: ``InvalidEntrypoint`` where the function or its layers have no `bootstrap`, or one that cannot be started.
    func command(in files: SandboxFiles) throws(InvalidEntrypoint) -> [String] {
        switch self {
        case .command(let command): command
        case .bootstrap: [try Bootstrap.find(in: files)]
        }
    }
}

/// Why a sandbox has nothing to start, in the words that AWS answers an invocation with.
struct InvalidEntrypoint: Error, Hashable {
    /// AWS's name of it.
    static let type = "Runtime.InvalidEntrypoint"

    var reason: String
}
