import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What runs the functions of one runtime on this machine, ready to start.
struct PreparedRuntime: Sendable {
    let root: SandboxRoot
    /// The command inside the sandbox. It finds the handler in `_HANDLER`.
    let command: [String]
    /// What INIT_START names, such as `python:3.13.2`.
    let version: String

    /// Finds the runtime's interpreter and installs its client where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when this machine does not have the runtime, saying how to get it.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        if case .image(let folder, _) = try AddedRuntimes.load()[runtime] {
            return try ImageRuntime.prepare(runtime, folder: FilePath(folder))
        }
        let python = try await PythonRuntime.prepare(runtime)
        let language = LanguageFolder(python.interpreter)
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: python.client),
            command: python.command, version: "python:3.\(python.interpreter.minor)")
    }
}
