import Foundation
import LaminaErrors
import Subprocess
import SystemPackage

/// A program that resolves, builds or fetches source, run to its end.
struct SourceTool: Sendable {
    let executable: FilePath
    /// Variables that differ from this process's.
    var environment: [String: String] = [:]

    /// - Throws: ``LaminaError`` `toolFailed` with the program's own words behind `failure`.
    func run(_ arguments: [String], in folder: FilePath? = nil, explaining failure: String) async throws {
        let changes = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let result = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments), environment: .inherit.updating(Dictionary(uniqueKeysWithValues: changes)),
            workingDirectory: folder, output: .discarded, error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw LaminaError(.toolFailed, "\(failure):\n\(result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }
}
