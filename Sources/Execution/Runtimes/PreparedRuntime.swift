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
    /// The share of a function's memory that its JVM's heap may take, in percent; nil without a JVM.
    var heapShare: Int?

    /// Finds the runtime's interpreter and installs its client where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when this machine does not have the runtime, saying how to get it.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        if runtime.family == .java { return try await JavaRuntime.prepare(runtime, views) }
        let python = try await PythonRuntime.prepare(runtime)
        let language = LanguageFolder(python.interpreter)
        return PreparedRuntime(
            root: .machine(try views.view(runtime.operatingSystem, language), language, runtime: python.client),
            command: python.command, version: "python:3.\(python.interpreter.minor)")
    }

    /// The command for functions of a memory size.
    ///
    /// - Parameter memorySize: MiB.
    func command(memorySize: Int) -> [String] {
        guard let heapShare, let program = command.first else { return command }
        return [program, "-XX:MaxHeapSize=\(memorySize * 1024 * heapShare / 100)k"] + command.dropFirst()
    }
}
