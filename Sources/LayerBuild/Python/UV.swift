import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Subprocess
import SystemPackage

/// Astral's `uv`: resolves requirements and builds source distributions.
struct UV: Sendable {
    let executable: FilePath

    /// - Throws: ``LaminaError`` `toolMissing` when uv is not installed.
    init() throws {
        executable = try ToolPath.find("uv", install: "see https://docs.astral.sh/uv, or run 'make setup' in Lamina's folder")
    }

    /// Resolves requirements for the target into a lock file.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with uv's own explanation.
    func compile(_ source: FilePath, for target: PythonTarget, to lock: FilePath, mayBuild: Bool, offline: Bool) async throws {
        var arguments = [
            "pip", "compile", source.string, "--format", "pylock.toml", "--output-file", lock.string, "--python-version",
            "3.\(target.minor)",
            "--python-platform", target.uvPlatform, "--no-header", "--quiet",
        ]
        if let interpreter = PythonInterpreter.find(minor: target.minor) { arguments += ["--python", interpreter.executable.string] }
        if !mayBuild { arguments += ["--only-binary", ":all:"] }
        if offline { arguments.append("--offline") }
        try await run(arguments, explaining: "uv cannot resolve \(source) for \(target.runtime) on \(target.architecture.rawValue)")
    }

    /// Builds a source distribution into a wheel inside a folder.
    func build(_ sdist: FilePath, into folder: FilePath, for target: PythonTarget, offline: Bool) async throws {
        // Without the target's own version the result could be a wheel of another.
        let interpreter = PythonInterpreter.find(minor: target.minor)?.executable.string ?? "3.\(target.minor)"
        var arguments = ["build", "--wheel", "--out-dir", folder.string, "--no-config", "--quiet", "--python", interpreter]
        if offline { arguments.append("--offline") }
        try await run(arguments + [sdist.string], explaining: "uv cannot build \(sdist.lastComponent?.string ?? "")")
    }

    private func run(_ arguments: [String], explaining failure: String) async throws {
        let result = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw LaminaError(.toolFailed, "\(failure):\n\(result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }
}
