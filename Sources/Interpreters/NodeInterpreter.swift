import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A Node.js on this machine that can stand for a Lambda runtime's.
public struct NodeInterpreter: Sendable, Hashable {
    /// The first number of its version.
    public let major: Int
    public let executable: FilePath

    /// Finds the interpreter of a Node.js runtime: on PATH as `node` or `nodeN` first, then in nvm's folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's major version, `unsupported` for another language's.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Self {
        guard runtime.family == .nodejs, let major = Int(runtime.version.prefix { $0.isNumber }) else {
            throw LaminaError(.unsupported, "\(runtime) is no Node.js runtime")
        }
        var others: [String] = []
        for executable in candidates(major, environment) {
            guard let found = await self.major(of: executable) else { continue }
            if found == major { return Self(major: major, executable: executable) }
            others.append("\(executable) is \(found)")
        }
        let found = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
        throw LaminaError(
            .toolMissing, "no Node.js \(major) is installed, which \(runtime) needs\(found); install it with your system or nvm")
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

    private static func major(of executable: FilePath) async -> Int? {
        let answer = try? await ExternalTool(name: "node", executable: executable).answer(["--version"])
        guard let answer, answer.isSuccess, answer.text.hasPrefix("v") else { return nil }
        return Int(answer.text.dropFirst().prefix { $0.isNumber })
    }
}
