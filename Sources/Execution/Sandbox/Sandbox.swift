import Foundation
import LaminaErrors
import SystemPackage

/// A bubblewrap and what runs in it: its log, and what it writes to descriptor 6.
final class Sandbox: Sendable {
    let log: EnvironmentLog
    /// The sandbox's first process, seen from here.
    let child: pid_t
    private let pipes: SandboxPipes
    private let monitor: SandboxMonitor

    /// Makes a sandbox, which runs its command once ``release()`` was called.
    ///
    /// - Parameters:
    ///   - log: Takes what is written to the standard output and error.
    ///   - hasResult: Whether the command gets a descriptor 6 to write to.
    ///   - descriptors: What else the command gets, behind all others; the caller closes it.
    ///   - onExit: Called once, when all processes are gone, with the status that a shell would show.
    /// - Throws: ``LaminaError`` `toolFailed`, with bubblewrap's own words.
    init(
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, hasResult: Bool = false, descriptors: [CInt] = [],
        onExit: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let pipes = try SandboxPipes(hasResult: hasResult, further: descriptors)
        self.pipes = pipes
        defer { pipes.closeChildEnds() }
        try pipes.writeArguments(arguments.options)
        let bubblewrap = try await SpawnThread.shared.spawn(
            program.string, ["--json-status-fd", "3", "--block-fd", "4", "--args", "5", "--"] + arguments.command,
            descriptors: pipes.childDescriptors)
        self.log = log
        let output = OutputPipe(pipes.takeLog(), of: .function, to: log)
        monitor = SandboxMonitor(bubblewrap: bubblewrap, status: pipes.takeStatus(), output: output, onExit: onExit)
        pipes.closeChildEnds()
        guard let child = await monitor.child() else {
            throw LaminaError(
                .toolFailed,
                "bubblewrap cannot make a sandbox: \(String(decoding: log.tail.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))")
        }
        self.child = child
    }

    /// Lets the command start.
    func release() { pipes.release() }

    var hasEnded: Bool { monitor.hasEnded }

    /// Ends all processes: the first one of a PID namespace takes all others with it.
    func kill() {
        if !monitor.hasEnded { _ = Foundation.kill(child, SIGKILL) }
    }

    /// Waits until all processes are gone, and gives the status that a shell would show.
    func exit() async -> Int { await monitor.exit() }

    /// Ends all processes and waits until they are gone.
    func stop() async {
        kill()
        await monitor.exit()
    }

    /// What was written to descriptor 6, at most 64 KiB; call at the end.
    var result: [UInt8] { pipes.readResult() }
}
