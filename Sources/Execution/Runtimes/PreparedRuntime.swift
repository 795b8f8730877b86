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
    /// The interpreter's options for a function, by its memory for one.
    var options: @Sendable (LambdaFunction) -> [String] = { _ in [] }

    /// The command for a function.
    func command(for function: LambdaFunction) -> [String] { command.prefix(1) + options(function) + command.dropFirst() }

    /// Finds the runtime's interpreter and installs its client where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when this machine does not have the runtime, saying how to get it.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        switch runtime.family {
        case .nodejs: return try await NodeRuntime.prepare(runtime, views)
        case .ruby: return try await RubyRuntime.prepare(runtime, views)
        default: break
        }
        let python = try await PythonRuntime.prepare(runtime)
        let language = LanguageFolder(python.interpreter)
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: python.client),
            command: python.command, version: "python:3.\(python.interpreter.minor)")
    }
}
