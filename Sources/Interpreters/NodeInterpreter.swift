import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Node.js on this machine that can stand for a Lambda runtime's.
public struct NodeInterpreter: Sendable, Hashable {
    /// Such as `20.20.2`.
    public let version: String
    public let executable: FilePath

    /// The first number of its version.
    public var major: Int { Self.major(version) ?? 0 }

    /// Finds the interpreter of a Node.js runtime: the one that was added by hand, else on PATH as `node` or `nodeN`, else in nvm's folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's major version, `unsupported` for another language's.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Self {
        guard runtime.family == .nodejs, let major = Int(runtime.version.prefix { $0.isNumber }) else {
            throw LaminaError(.unsupported, "\(runtime) is no Node.js runtime")
        }
        let added = try AddedRuntimes.load(from: AddedRuntimes.file(environment: environment))[runtime]
        if case .interpreter(let path, _) = added { return try await ask(FilePath(path)) }
        var others: [String] = []
        for executable in candidates(major, environment) {
            guard let found = try? await ask(executable) else { continue }
            if found.major == major { return found }
            others.append("\(executable) is \(found.version)")
        }
        let found = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
        throw LaminaError(
            .toolMissing,
            "no Node.js \(major) is installed, which \(runtime) needs\(found); install it with your system or nvm, or name another by 'lamina runtime add \(runtime) --interpreter PATH'"
        )
    }

    private static func candidates(_ major: Int, _ environment: [String: String]) -> [FilePath] {
        let onPath = (environment["PATH"] ?? "").split(separator: ":").filter { !$0.hasSuffix("/shims") }
            .flatMap { ["\($0)/node", "\($0)/node\(major)"] }
        let nvm = FilePath(environment["NVM_DIR"] ?? "\(environment["HOME"] ?? "")/.nvm").appending("versions/node")
        let installed = ((try? FileManager.default.contentsOfDirectory(atPath: nvm.string)) ?? [])
            .filter { $0.hasPrefix("v\(major).") }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { nvm.appending("\($0)/bin/node").string }
        var seen: Set<FilePath> = []
        return (onPath + installed).filter { FileManager.default.isExecutableFile(atPath: $0) }
            .compactMap { FilePath($0).resolved }.filter { seen.insert($0).inserted }
    }

    /// - Throws: ``LaminaError`` `toolFailed` when it does not start, `invalidArgument` when it is no Node.js.
    private static func ask(_ executable: FilePath) async throws -> Self {
        let tool = ExternalTool(name: "node", executable: executable, environment: ["NODE_OPTIONS": nil])
        let answer = try await tool.answer(["--version"])
        let version = answer.text.drop { $0 == "v" }.prefix { !$0.isNewline }
        guard answer.isSuccess, answer.text.hasPrefix("v"), major(version) != nil else {
            throw LaminaError(.invalidArgument, "\(executable) is no Node.js interpreter")
        }
        return Self(version: String(version), executable: executable)
    }

    private static func major(_ version: some StringProtocol) -> Int? { Int(version.prefix { $0.isNumber }) }
}
