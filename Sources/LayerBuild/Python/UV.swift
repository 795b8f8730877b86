import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// Astral's `uv`: resolves requirements, exports its lock and builds wheels.
struct UV: Sendable {
    private let tool: ExternalTool
    let offline: Bool

    /// - Throws: ``LaminaError`` `toolMissing` when uv is not installed.
    init(offline: Bool) throws {
        tool = try ExternalTool(
            "uv", install: "see https://docs.astral.sh/uv, or run 'make setup' in Lamina's folder",
            // Times in what is built are fixed: 1980-01-01, where zip's count begins (reproducible-builds.org).
            environment: ["SOURCE_DATE_EPOCH": ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"] ?? "315532800"])
        self.offline = offline
    }

    /// How ``compile(_:for:to:_:)`` resolves.
    struct Options: Sendable {
        /// The only packages that may be built from source, which then are; nil allows all of them, and takes what is newest.
        var built: Set<String>?
        /// Takes wheels for any glibc, whatever the target's.
        var anyGlibc = false
        /// Take what is named, and nothing that it needs.
        var withoutDependencies = false
        var extras: [String] = []
        var groups: [String] = []
        /// Where relative paths count from; nil for the current folder.
        var folder: FilePath?
    }

    /// Resolves requirements for the target into a lock file.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with uv's own explanation.
    func compile(_ source: FilePath, for target: PythonTarget, to lock: FilePath, _ options: Options) async throws {
        var arguments = [
            "pip", "compile", source.string, "--format", "pylock.toml", "--output-file", lock.string, "--python-version",
            target.fullVersion, "--python-platform", options.anyGlibc ? target.newestPlatform : target.uvPlatform, "--no-header",
            "--no-annotate", "--quiet",
        ]
        if let interpreter = Self.interpreter(target) { arguments += ["--python", interpreter] }
        if let built = options.built {
            arguments += ["--only-binary", ":all:"] + built.sorted().flatMap { ["--no-binary", $0] }
        }
        // The pins' hashes say which index's file is meant.
        if options.withoutDependencies { arguments += ["--no-deps", "--index-strategy", "unsafe-best-match"] }
        for extra in options.extras { arguments += ["--extra", extra] }
        for group in options.groups { arguments += ["--group", "\(source):\(group)"] }
        try await run(
            arguments, in: options.folder,
            explaining: "uv cannot resolve \(source) for \(target.runtime) on \(target.architecture.rawValue)")
    }

    /// Writes what a uv.lock has for a project, for all platforms, as a `pylock.toml`.
    func export(_ lock: FilePath, to output: FilePath, extras: [String], groups: [String], _ target: PythonTarget) async throws {
        var arguments = [
            "export", "--frozen", "--format", "pylock.toml", "--project", lock.removingLastComponent().string, "--output-file",
            output.string, "--no-default-groups", "--no-emit-project", "--no-editable", "--no-header", "--no-annotate", "--quiet",
        ]
        if let interpreter = Self.interpreter(target) { arguments += ["--python", interpreter] }
        for extra in extras { arguments += ["--extra", extra] }
        for group in groups { arguments += ["--group", group] }
        try await run(arguments, explaining: "uv cannot read \(lock)")
    }

    /// Builds a project's folder or source distribution into a wheel inside a folder.
    func build(_ source: FilePath, into folder: FilePath, for target: PythonTarget) async throws {
        let interpreter = Self.interpreter(target) ?? "3.\(target.minor)"
        try await run(
            ["build", "--wheel", "--out-dir", folder.string, "--quiet", "--python", interpreter, source.string],
            explaining: "uv cannot build \(source.lastComponent?.string ?? source.string)")
    }

    /// The target's own interpreter, or another, which does for what is no machine code; nil where there is none.
    private static func interpreter(_ target: PythonTarget) -> String? {
        let found =
            PythonInterpreter.find(minor: target.minor)
            ?? PythonInterpreter.minorVersions.lazy.compactMap { PythonInterpreter.find(minor: $0) }.first
        return found?.executable.string
    }

    private func run(_ arguments: [String], in folder: FilePath? = nil, explaining failure: String) async throws {
        try await tool.run(arguments + (offline ? ["--offline"] : []), in: folder, explaining: failure)
    }
}
