import Foundation
import Interpreters
import LaminaErrors
import Subprocess
import SystemPackage

/// A program of the distribution, run with texts that no locale translates.
struct SystemTool: Sendable {
    struct Output: Sendable {
        var isSuccess: Bool
        var text: String
        var error: String
    }

    let executable: FilePath

    /// - Parameter package: The Debian package that has the program.
    /// - Throws: ``LaminaError`` `toolMissing`, naming the package.
    init(_ name: String, package: String) throws {
        executable = try ToolPath.find(name, install: "apt-get install \(package)")
    }

    /// Runs the program to its end, however it ends.
    func run(_ arguments: [String], in folder: FilePath? = nil) async throws -> Output {
        let result = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]), workingDirectory: folder,
            output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        return Output(
            isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput,
            error: result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Runs the program and returns what it printed.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with its own explanation.
    @discardableResult
    func check(_ arguments: [String], in folder: FilePath? = nil, explaining failure: @autoclosure () -> String) async throws -> String {
        let output = try await run(arguments, in: folder)
        guard output.isSuccess else { throw LaminaError(.toolFailed, "\(failure()):\n\(output.error)") }
        return output.text
    }
}
