import Foundation
import LaminaErrors
import Subprocess
import SystemPackage

/// A program of the machine that does work of its own: a package manager, a compiler, an editor of binaries. No shell runs it.
///
/// When the task that runs it is cancelled, it is asked to end, and killed after five seconds.
package struct ExternalTool: Sendable {
    /// Bytes of an answer that is kept in memory.
    private static let limit = 16 << 20

    package let name: String
    package let executable: FilePath
    /// Variables of its environment; nil takes one away.
    private let environment: [String: String?]
    private let inheritsEnvironment: Bool

    /// - Parameter inheritsEnvironment: Whether it gets this process's variables besides its own.
    package init(name: String, executable: FilePath, environment: [String: String?] = [:], inheritsEnvironment: Bool = true) {
        self.name = name
        self.executable = executable
        self.environment = environment
        self.inheritsEnvironment = inheritsEnvironment
    }

    /// - Throws: ``LaminaError`` `toolMissing` with the advice.
    package init(_ name: String, install advice: String, environment: [String: String?] = [:]) throws {
        self.init(name: name, executable: try ToolPath.find(name, install: advice), environment: environment)
    }

    /// A program of the distribution, whose texts no locale translates.
    ///
    /// - Parameter package: The Debian package that has the program.
    /// - Throws: ``LaminaError`` `toolMissing`, naming the package.
    package init(_ name: String, package: String) throws {
        try self.init(name, install: "apt-get install \(package)", environment: ["LC_ALL": "C"])
    }

    /// Runs the tool to its end.
    ///
    /// - Parameter changes: Of the environment, for this call.
    /// - Throws: ``LaminaError`` `toolFailed` with the tool's last words.
    package func run(
        _ arguments: [String], in folder: FilePath? = nil, environment changes: [String: String?] = [:], explaining failure: String
    ) async throws {
        let log = try ToolLog()
        let file = log.file
        let status = try await started {
            try await Subprocess.run(
                .path(executable), arguments: Arguments(arguments), environment: variables(changes), workingDirectory: folder,
                platformOptions: Self.options, output: .fileDescriptor(file, closeAfterSpawningProcess: false),
                error: .fileDescriptor(file, closeAfterSpawningProcess: false)
            ).terminationStatus
        }
        guard status.isSuccess else { throw LaminaError(.toolFailed, "\(failure). \(name) says:\n\(log.lastLines)") }
    }

    /// What a tool that ended has printed.
    package struct Answer: Sendable {
        package var isSuccess: Bool
        package var text: String
        /// The last lines of its standard error.
        package var error: String
    }

    /// Runs the tool, however it ends.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` where it does not start, or prints more than 16 MB.
    package func answer(_ arguments: [String], in folder: FilePath? = nil) async throws -> Answer {
        let log = try ToolLog()
        let file = log.file
        let result = try await started {
            try await Subprocess.run(
                .path(executable), arguments: Arguments(arguments), environment: variables([:]), workingDirectory: folder,
                platformOptions: Self.options, output: .string(limit: Self.limit),
                error: .fileDescriptor(file, closeAfterSpawningProcess: false))
        }
        return Answer(isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput, error: log.lastLines)
    }

    /// What the tool prints to its standard output, without white space at its ends.
    ///
    /// - Throws: ``LaminaError`` `toolFailed` with the tool's last words.
    package func output(_ arguments: [String], in folder: FilePath? = nil, explaining failure: String) async throws -> String {
        let answer = try await answer(arguments, in: folder)
        guard answer.isSuccess else { throw LaminaError(.toolFailed, "\(failure). \(name) says:\n\(answer.error)") }
        return answer.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func started<T>(_ body: () async throws -> T) async throws -> T {
        do {
            let result = try await body()
            try Task.checkCancellation()
            return result
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw LaminaError(.toolFailed, "cannot run \(executable)", cause: error)
        }
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        return options
    }

    private func variables(_ changes: [String: String?]) -> Environment {
        let own = environment.merging(changes) { _, change in change }
        let pairs = own.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        guard inheritsEnvironment else {
            return .custom(Dictionary(uniqueKeysWithValues: pairs.compactMap { key, value in value.map { (key, $0) } }))
        }
        return .inherit.updating(Dictionary(uniqueKeysWithValues: pairs))
    }
}
