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
    /// The interpreter's options for a function, by its memory for one.
    var options: @Sendable (LambdaFunction) -> [String] = { _ in [] }
    /// What its user is to be warned of.
    var notices: [String] = []

    /// The command for a function, by what it brings.
    ///
    /// - Throws: ``InvalidEntrypoint`` where there is nothing to start.
    func command(for function: LambdaFunction, in files: SandboxFiles) throws(InvalidEntrypoint) -> [String] {
        let command = try entrypoint.command(in: files)
        return command.prefix(1) + options(function) + command.dropFirst()
    }

    /// Finds the runtime's interpreter, or the image that was added in its place, and installs its client where that is missing.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when this machine does not have the runtime, saying how to get it, `unsupported` for a
    ///   runtime that Lamina does not run.
    static func prepare(_ runtime: Runtime, _ views: SystemViews) async throws -> PreparedRuntime {
        if case .image(let folder, _, let version) = try AddedRuntimes.load()[runtime] {
            return try ImageRuntime.prepare(runtime, folder: FilePath(folder), version: version)
        }
        switch runtime.family {
        case .python: return try await PythonRuntime.prepare(runtime, views)
        case .nodejs: return try await NodeRuntime.prepare(runtime, views)
        case .ruby: return try await RubyRuntime.prepare(runtime, views)
        case .java: return try await JavaRuntime.prepare(runtime, views)
        case .provided:
            return PreparedRuntime(
                root: .machine(try views.view(runtime.operatingSystem, nil), nil, runtime: nil), entrypoint: .bootstrap,
                version: "provided:\(runtime.version)")
        case .dotnet, .go: throw LaminaError(.unsupported, "\(runtime) does not run here: Lamina has no client for it")
        }
    }
}
