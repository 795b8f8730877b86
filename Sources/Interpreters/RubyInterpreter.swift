import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Ruby on this machine that can stand for a Lambda runtime's.
public struct RubyInterpreter: Sendable, Hashable {
    /// Such as `3.2.2`.
    public let version: String
    public let executable: FilePath
    /// The folder that it was installed to and knows by its path (RbConfig's `prefix`).
    public let prefix: FilePath
    /// The standard library of all versions (`rubylibprefix`).
    public let libraries: FilePath
    /// The version's modules that are shared objects (`rubyarchdir`); not always below ``libraries``.
    public let extensions: FilePath

    /// Finds the interpreter of a Ruby runtime: the one that was added by hand, else in rbenv's folder, else on PATH as `ruby` or `rubyX.Y`.
    ///
    /// rbenv's shims are passed over, since what they start depends on the current folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's version, `unsupported` for another language's runtime.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Self {
        guard runtime.family == .ruby else { throw LaminaError(.unsupported, "\(runtime) is no Ruby runtime") }
        let added = try AddedRuntimes.load(from: AddedRuntimes.file(environment: environment))[runtime]
        if case .interpreter(let path, _) = added { return try await ask(FilePath(path)) }
        var others: [String] = []
        for executable in candidates(runtime.version, environment) {
            guard let found = try? await ask(executable) else { continue }
            if found.version.hasPrefix(runtime.version + ".") { return found }
            others.append("\(executable) is \(found.version)")
        }
        let found = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
        throw LaminaError(
            .toolMissing,
            "no Ruby \(runtime.version) is installed, which \(runtime) needs\(found); install it with your system or rbenv, or name another by 'lamina runtime add \(runtime) --interpreter PATH'"
        )
    }

    private static func candidates(_ version: String, _ environment: [String: String]) -> [FilePath] {
        let rbenv = FilePath(environment["RBENV_ROOT"] ?? "\(environment["HOME"] ?? "")/.rbenv").appending("versions")
        let installed = ((try? FileManager.default.contentsOfDirectory(atPath: rbenv.string)) ?? [])
            .filter { $0.hasPrefix("\(version).") }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { rbenv.appending("\($0)/bin/ruby").string }
        let onPath = (environment["PATH"] ?? "").split(separator: ":").filter { !$0.hasSuffix("/shims") }
            .flatMap { ["\($0)/ruby\(version)", "\($0)/ruby"] }
        var seen: Set<FilePath> = []
        return (installed + onPath).filter { FileManager.default.isExecutableFile(atPath: $0) }
            .compactMap { FilePath($0).resolved }.filter { seen.insert($0).inserted }
    }

    private static let question =
        "puts RUBY_VERSION, RbConfig.ruby, *%w[prefix rubylibprefix rubyarchdir].map { |name| RbConfig::CONFIG[name] }"

    /// - Throws: ``LaminaError`` `toolFailed` when it does not start, `invalidArgument` when it is no Ruby.
    private static func ask(_ executable: FilePath) async throws -> Self {
        let tool = ExternalTool(name: "ruby", executable: executable, environment: ["RUBYOPT": nil, "RUBYLIB": nil])
        let answer = try await tool.answer(["--disable=gems", "-rrbconfig", "-e", question])
        let lines = answer.text.split(separator: "\n").map(String.init)
        guard answer.isSuccess, lines.count == 5, lines.dropFirst().allSatisfy({ $0.hasPrefix("/") }) else {
            throw LaminaError(.invalidArgument, "\(executable) is no Ruby interpreter")
        }
        return Self(
            version: lines[0], executable: FilePath(lines[1]).resolved ?? executable, prefix: FilePath(lines[2]),
            libraries: FilePath(lines[3]), extensions: FilePath(lines[4]))
    }
}
