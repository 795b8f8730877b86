import ArgumentParser
import Execution
import Foundation
import LaminaErrors
import LaminaServer
import Logging
import Storage
import Synchronization
import SystemPackage

/// `lamina serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve AWS's Lambda layer and function API, and the S3 and STS that go with it.",
        discussion: """
            Stop it with Ctrl-C. The first start makes a key; 'lamina env' prints it for the shell.

            EXAMPLES
              lamina serve
              lamina serve --port 0 --data /tmp/lamina
              lamina serve --provision hello=2
              eval "$(lamina env)" && aws lambda list-layers
            """)

    @Option(help: "The port at the loopback; 0 for any free one.")
    var port = 9090

    @Option(help: "The address to listen at. Other machines can reach you only through one of yours.")
    var host = "127.0.0.1"

    @OptionGroup var folder: DataOption

    @Option(help: "on: every request is signed with a known key. off: a 12-digit access key names the account; for test suites.")
    var auth: ServerSettings.Authentication = .on

    @Option(help: "Seconds that a failed asynchronous invocation waits for its second attempt; twice as long for its third.")
    var retryDelay = 60.0

    @Option(help: "Asynchronous invocations that may wait.")
    var queuedEvents = 10_000

    @Option(help: "Bytes of layer versions and deployment packages that an account may have in a region.")
    var codeStorage = 75 << 30

    @Option(help: "Bytes on disk that functions' logs may take; the oldest go first. At least 1 MB.")
    var logStorage = 1 << 30

    @Option(help: "Connections at a time; others wait.")
    var connections = 1000

    @OptionGroup(title: "Environments")
    var execution: ExecutionOptions

    @Option(help: "trace, debug, info, notice, warning or error.")
    var logLevel: Logger.Level = .info

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("a port is 0 to 65535; \(port) is not") }
        guard (0...86_400).contains(retryDelay) else { throw ValidationError("--retry-delay is 0 to 86400 seconds") }
        guard queuedEvents > 0, codeStorage > 0, connections > 0 else {
            throw ValidationError("--queued-events, --code-storage and --connections are above 0")
        }
        guard logStorage >= 1 << 20 else { throw ValidationError("--log-storage is at least 1048576 bytes") }
    }

    func run() async throws {
        OpenFileLimit.raise()
        var logger = Logger(label: "lamina") { _ in LineLogHandler() }
        logger.logLevel = logLevel
        var settings = ServerSettings(data: folder.path)
        settings.host = host
        settings.port = port
        settings.authentication = auth
        settings.retryDelay = .seconds(retryDelay)
        settings.queuedEvents = queuedEvents
        settings.codeStorage = codeStorage
        settings.logStorage = logStorage
        settings.connections = connections
        try execution.apply(to: &settings)
        let endpoint = EndpointFile(data: folder.path)
        let isServing = Mutex(false)
        // Not the file of another server, which holds the folder.
        defer { if isServing.withLock({ $0 }) { endpoint.remove() } }
        try await LaminaServer(settings, logger: logger).run { port in
            let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            endpoint.write(url)
            isServing.withLock { $0 = true }
            // A server whose starter has closed its output serves all the same.
            try? StandardOutput.write("lamina serves at \(url)\n")
        }
    }
}

extension ServerSettings.Authentication: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
