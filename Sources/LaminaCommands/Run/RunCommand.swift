import ArgumentParser
import Execution
import Foundation
import Interpreters
import LambdaModel
import LaminaClient
import LaminaErrors
import Logging
import SystemPackage

/// `lamina run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a function with its layers at /opt, without a server.",
        discussion: """
            The function runs as 'lamina serve' runs it, and nothing is left behind but the caches. Its answers go to the standard output, a
            line each; its log goes to the standard error as it comes. Folders are used as they lie: what is edited counts at the next start.

            EVENTS
              A file, '-' for the standard input, or JSON itself; {} where none is given. Several --event go one after the other to the same
              environment: the first start is cold, the others are warm.

            LAYERS
              A zip, a folder of what shall be at /opt, or a layer version of AWS or of --endpoint-url, by its ARN or NAME:NUMBER. A version
              is downloaded once and kept by its hash. The order counts: of two layers that hold the same file, the later wins. The
              function is in the region of its layer versions, else in --region.

            EXIT STATUS
              0 for answers, 1 when the function failed (what it says of that goes to the standard output) or when it could not be run
              (then lamina says why on the standard error), 64 for a wrong command line.

            JSON
              --format json prints an object a line: payload, error (null or Unhandled), log (its last 4 KB), duration, billed and init
              (milliseconds; init is null when warm), memory (the most used, in MB).

            EXAMPLES
              lamina run . --handler app.handler --runtime python3.13
              lamina run function.zip --handler app.handler --runtime python3.12 --layer opencv.zip --layer ./layer --event event.json
              lamina run . --runtime python3.13 --layer arn:aws:lambda:eu-west-1:111122223333:layer:tools:3 --event '{"id": 7}'
              lamina run . --runtime python3.13 --event first.json --event second.json --repeat 10 --format json
              lamina run . --runtime python3.13 --layer ./layer --event event.json --watch
            """)

    @Argument(help: "The function's code: a folder or a zip.", completion: .file())
    var code: String

    @OptionGroup var function: RunFunctionOptions

    @Option(
        name: .customLong("layer"), help: "A layer: a zip, a folder, an ARN or NAME:NUMBER; give it once for each, at most five.",
        completion: .file())
    var layers: [String] = []

    @Option(
        name: .customLong("event"), help: "An event: a file, - for the standard input, or JSON; give it once for each.",
        completion: .file())
    var events: [String] = []

    @Option(name: .customLong("repeat"), help: "How many times the events are sent.")
    var rounds = 1

    @Flag(help: "Run again whenever the code, a layer or an event changes, until Ctrl-C.")
    var watch = false

    @Option(help: "text, for the answers alone; json, for the log and figures too.")
    var format: RunFormat = .text

    @OptionGroup(title: "Environment")
    var sandbox: SandboxOptions

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--repeat is above 0") }
        guard events.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("the standard input is one event: give --event - once")
        }
    }

    func run() async throws {
        guard let identifier = function.runtime else {
            Self.exit(withError: ValidationError(try await RunFunctionOptions.missingRuntime()))
        }
        let runtime = try Runtime(identifier)
        // Before anything is there that a Ctrl-C would have to remove: a read of the standard input cannot be cancelled.
        let events = try (events.isEmpty ? ["{}"] : events).map { try RunEvent($0) }
        try await interruptible {
            do {
                try await run(events, runtime)
            } catch let error as APIError {
                throw LaminaError(.invalidArgument, error.message)
            }
        }
    }

    private func run(_ events: [RunEvent], _ runtime: Runtime) async throws {
        // A reader that has left is an error to tell, and no reason to leave anything behind.
        signal(SIGPIPE, SIG_IGN)
        RunFolder.sweep()
        try await withTemporaryFolder("run") { path in
            let folder = try RunFolder(path)
            defer { withExtendedLifetime(folder) {} }
            let log = RunLog()
            var settings = ExecutionSettings(folder: folder.path)
            sandbox.apply(to: &settings)
            let executor = try FunctionExecutor(
                settings, blobs: nil, logs: log, logger: Logger(label: "lamina") { _ in RunMessageHandler() })
            try await executor.proveNetwork()
            let rounds = RunRounds(
                executor: executor, source: RunSource(code: code, layers: layers, options: function, runtime: runtime, connection),
                events: events, count: rounds, format: format)
            try await withTaskCancellationHandler {
                try await finishing {
                    try await rounds.run(watching: watch)
                } with: {
                    await executor.close()
                }
            } onCancel: {
                log.mute()
                Task { await executor.close() }
            }
        }
    }
}
