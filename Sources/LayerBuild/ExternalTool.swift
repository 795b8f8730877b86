import Foundation
import Interpreters
import LaminaErrors
import Subprocess
import SystemPackage

/// A program of the machine that does a language's own work: npm, bundler, Maven, Gradle.
struct ExternalTool: Sendable {
    /// Lines of a failed tool's output that its error repeats.
    private static let linesTold = 30

    let name: String
    let executable: FilePath

    init(name: String, executable: FilePath) {
        self.name = name
        self.executable = executable
    }

    /// - Throws: ``LaminaError`` `toolMissing` with the advice.
    init(_ name: String, install advice: String) throws {
        self.init(name: name, executable: try ToolPath.find(name, install: advice))
    }

    /// Runs the tool to its end. What it prints goes to a file, so that memory stays bounded whatever it says.
    ///
    /// - Parameters:
    ///   - log: A file that is made, or replaced.
    ///   - environment: Changes to the program's own; nil removes a variable.
    /// - Throws: ``LaminaError`` `toolFailed` with the tool's last words.
    func run(
        _ arguments: [String], in folder: FilePath, log: FilePath, environment: [String: String?] = [:], explaining failure: String
    ) async throws {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                log, .writeOnly, options: [.create, .truncate, .append, .closeOnExec], permissions: .ownerReadWrite)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(log)")
        }
        defer { try? file.close() }
        let status = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments), environment: Self.environment(environment), workingDirectory: folder,
            platformOptions: Self.options, output: .fileDescriptor(file, closeAfterSpawningProcess: false),
            error: .fileDescriptor(file, closeAfterSpawningProcess: false)
        ).terminationStatus
        try Task.checkCancellation()
        guard status.isSuccess else { throw LaminaError(.toolFailed, "\(failure). \(name) says:\n\(Self.lastLines(of: log))") }
    }

    /// What the tool prints to its standard output, at most a mebibyte.
    func output(_ arguments: [String], in folder: FilePath? = nil, environment: [String: String?] = [:]) async throws -> String {
        let result = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments), environment: Self.environment(environment), workingDirectory: folder,
            platformOptions: Self.options, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess else {
            throw LaminaError(.toolFailed, "\(name) \(arguments.joined(separator: " ")) fails:\n\(result.standardError)")
        }
        return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// An interrupted tool gets time to end in order.
    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        return options
    }

    private static func environment(_ changes: [String: String?]) -> Environment {
        .inherit.updating(Dictionary(uniqueKeysWithValues: changes.map { (Environment.Key(stringLiteral: $0.key), $0.value) }))
    }

    private static func lastLines(of log: FilePath) -> String {
        guard let file = FileHandle(forReadingAtPath: log.string) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size - min(size, 1 << 16))
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self).replacing(#/\u{1b}\[[0-9;]*[A-Za-z]/#, with: "")
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.suffix(linesTold).joined(separator: "\n")
    }
}
