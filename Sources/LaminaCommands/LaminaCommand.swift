import ArgumentParser
import Execution
import Foundation
import LaminaErrors

/// `lamina`: AWS Lambda layers on your own machine.
public struct LaminaCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "lamina",
        abstract: "AWS Lambda layers on your own machine: build them, publish them, run functions with them.",
        version: "0.1.0",
        subcommands: [BuildCommand.self, UnpackCommand.self, ServeCommand.self, EnvCommand.self, RuntimesCommand.self])

    public init() {}

    /// Parses the command line and runs the verb; exits with 1 for a failure, 64 for a wrong command line.
    ///
    /// Call first of all in `main`: a server has to take its mount namespace before another thread exists.
    public static func run() async {
        do {
            var command = try parseAsRoot()
            if command is ServeCommand { try MountNamespace.enter() }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as LaminaError {
            FileHandle.standardError.write(Data("lamina: \(error)\n".utf8))
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}
