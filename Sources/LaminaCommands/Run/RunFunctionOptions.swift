import ArgumentParser
import Execution
import LambdaModel
import LaminaErrors

/// The function's configuration, as far as a command line gives it.
struct RunFunctionOptions: ParsableArguments {
    @Option(help: "The Lambda runtime, as in python3.13.")
    var runtime: String?

    @Option(help: "The handler, as in app.handler. (default: what AWS's console calls it, where the code has that file)")
    var handler: String?

    @Option(name: .customLong("env"), help: ArgumentHelp("An environment variable; give it once for each.", valueName: "NAME=VALUE"))
    var variables: [String] = []

    @Option(
        name: .customLong("env-file"), help: "A file of environment variables, NAME=VALUE a line; what --env says counts more.",
        completion: .file())
    var variableFiles: [String] = []

    @Option(help: "Seconds that an invocation may take, 1 to 900.")
    var timeout = 3

    @Option(help: "MB of memory, 128 to 10240.")
    var memory = 128

    @Option(help: "MB of /tmp, 512 to 10240.")
    var storage = 512

    @Option(help: "x86_64 or arm64; the other one than this machine's cannot run here.")
    var architecture = Architecture.host

    @Option(help: "The function's name. (default: the code's)")
    var name: String?

    /// What is said where no runtime is given.
    ///
    /// - Throws: ``LaminaError`` as ``RuntimeInventory/items()``.
    static func missingRuntime() async throws -> String {
        let found = try await RuntimeInventory.items().filter { [.prepared, .found].contains($0.state) }.map(\.runtime.identifier)
        return "give --runtime, as in --runtime \(found.first ?? "python3.13")"
            + (found.isEmpty ? "" : "; this machine has \(found.joined(separator: ", "))")
    }

    /// The variables of the files, in their order, and upon them those of the command line.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument` for what is no `NAME=VALUE`, `inputOutput` for a file that cannot be read.
    func environment() throws -> [String: String]? {
        var environment: [String: String] = [:]
        for file in variableFiles { environment.merge(try EnvironmentFile(path: file).variables) { $1 } }
        for text in variables {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw LaminaError(.invalidArgument, "--env \(text) is no variable: write it as NAME=VALUE")
            }
            environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return environment.isEmpty ? nil : environment
    }
}
