import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What runs the functions of one runtime on this machine, ready to start.
struct PreparedRuntime: Sendable {
    let root: SandboxRoot
    let entrypoint: Entrypoint
    /// What INIT_START names, such as `python:3.13.v3.13.2`.
    let version: String

    init(root: SandboxRoot, entrypoint: Entrypoint, version: String) {
        (self.root, self.entrypoint, self.version) = (root, entrypoint, version)
    }

    /// - Parameter command: The command inside the sandbox. It finds the handler in `_HANDLER`.
    init(root: SandboxRoot, command: [String], version: String) {
        self.init(root: root, entrypoint: .command(command), version: version)
    }

    /// Finds the runtime's interpreter, or the image that was added in its place, and installs its client where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when this machine does not have the runtime, saying how to get it, `unsupported` for a
    ///   runtime that Lamina does not run.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        if case .image(let folder, _) = try AddedRuntimes.load()[runtime] {
            throw LaminaError(.unsupported, "images do not run here yet; \(runtime) was added as \(folder)")
        }
        switch runtime.family {
        case .python:
            let python = try await PythonRuntime.prepare(runtime)
            let language = python.language
            return PreparedRuntime(
                root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: python.client),
                command: python.command, version: "python:\(runtime.version).v\(python.version)")
        case .provided:
            return PreparedRuntime(
                root: .machine(try views.view(runtime.operatingSystem, nil), nil, runtime: nil), entrypoint: .bootstrap,
                version: "provided:\(runtime.version)")
        case .nodejs, .ruby, .java: throw LaminaError(.unsupported, "\(runtime) does not run here yet")
        case .dotnet, .go: throw LaminaError(.unsupported, "\(runtime) does not run here: Lamina has no client for it")
        }
    }
}
