import Foundation
import Subprocess
import SystemPackage

/// Programs that users have, for tests against the real thing.
public enum Tool {
    /// What a program printed, and how it ended.
    public struct Output: Sendable {
        public var text: String
        public var error: String
        public var isSuccess: Bool
    }

    /// Runs a program of PATH to its end.
    @discardableResult
    public static func run(
        _ name: String, _ arguments: [String], in folder: FilePath? = nil, environment: [String: String] = [:]
    ) async throws -> Output {
        let updates = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) })
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), environment: .inherit.updating(updates), workingDirectory: folder,
            output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        return Output(text: result.standardOutput, error: result.standardError, isSuccess: result.terminationStatus.isSuccess)
    }

    /// Runs a Python program.
    @discardableResult
    public static func python(_ program: String, _ arguments: [String] = []) async throws -> Output {
        try await run("python3", ["-c", program] + arguments)
    }
}
