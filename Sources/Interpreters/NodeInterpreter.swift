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
    public var major: Int { Int(version.prefix { $0.isNumber }) ?? 0 }

    /// Finds the interpreter of a Node.js runtime: the one that was added by hand, else on PATH as `node` or `nodeN`, else in nvm's folder.
    ///
    /// - Throws: ``LaminaError`` `toolMissing` when there is none of the runtime's major version, `unsupported` for another language's.
    public static func find(
        for runtime: Runtime, environment: [String: String] = ProcessInfo.processInfo.environment,
        answers: InterpreterAnswers = InterpreterAnswers()
    ) async throws -> Self {
        guard runtime.family == .nodejs, let major = runtime.major else {
            throw LaminaError(.unsupported, "\(runtime) is no Node.js runtime")
        }
        let search = InterpreterSearch(runtime: runtime, environment: environment, answers: answers)
        let nvm = search.folder("NVM_DIR", else: ".nvm").appending("versions/node")
        let installed = InterpreterSearch.versions(in: nvm, prefix: "v\(major).").map { $0.appending("bin/node") }
        let found = try await search.find(search.onPath("node", "node\(major)") + installed)
        return Self(version: found.version, executable: found.executable)
    }
}
