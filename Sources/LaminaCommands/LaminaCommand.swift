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
        subcommands: [
            BuildCommand.self, CheckCommand.self, UnpackCommand.self, RunCommand.self, ServeCommand.self, EnvCommand.self,
            RuntimesCommand.self, RuntimeCommand.self,
        ]
            + layerVerbs + [
                AccountCommand.self, KeyCommand.self,
            ])

    /// The verbs that speak to Lambda, AWS's or a server in its place.
    private static let layerVerbs: [any ParsableCommand.Type] = [
        PublishCommand.self, LayersCommand.self, VersionsCommand.self, ShowCommand.self, DownloadCommand.self, DeleteCommand.self,
        GrantCommand.self, RevokeCommand.self, UsersCommand.self, PruneCommand.self, DiffCommand.self,
    ]

    public init() {}

    /// Parses the command line, and for what runs functions leaves the host's mount namespace; exits with 64 for a wrong command line.
    ///
    /// Call first of all in `main`, which must not have awaited anything: no other thread may exist yet.
    public static func prepare() -> any ParsableCommand {
        do {
            let command = try parseAsRoot()
            if command is ServeCommand || command is RunCommand { try MountNamespace.enter() }
            return command
        } catch {
            fail(error)
        }
    }

    /// Runs the verb; exits with 1 when it fails.
    public static func run(_ command: any ParsableCommand) async {
        do {
            var command = command
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            fail(error)
        }
    }

    private static func fail(_ error: any Error) -> Never {
        guard let error = error as? LaminaError else { exit(withError: error) }
        let lines = "lamina: \(error)".split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
        StandardError.write(lines.joined(separator: "\n") + "\n")
        Foundation.exit(1)
    }
}
