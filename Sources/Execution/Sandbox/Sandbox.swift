import Foundation
import LaminaErrors
import SystemPackage

/// A bubblewrap and what runs in it: its log, and what it writes to descriptor 6.
final class Sandbox: Sendable {
    let log: EnvironmentLog
    /// The sandbox's first process, seen from here.
    let child: pid_t
    /// bubblewrap's own process outside, which ends after all others.
    let bubblewrap: pid_t
    private let pipes: SandboxPipes
    /// Its user is no one else's as long as it has processes.
    private let namespaces: SandboxNamespaces
    private let monitor: SandboxMonitor

    /// Makes a sandbox, which runs its command once ``release()`` was called.
    ///
    /// - Parameters:
    ///   - log: Takes what is written to the standard output and error.
    ///   - namespaces: Those in which it starts.
    ///   - cgroups: Open files of cgroups that it joins.
    ///   - dataLimit: Bytes of data for each of its processes.
    ///   - hasResult: Whether the command gets a descriptor 6 to write to.
    ///   - descriptors: What else the command gets, from 9 on; the caller closes it.
    ///   - onExit: Called once, when all processes are gone, with the status that a shell would show.
    /// - Throws: ``LaminaError`` `toolFailed`, with bubblewrap's own words.
    init(
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, namespaces: SandboxNamespaces, cgroups: [CInt] = [],
        dataLimit: Int? = nil, hasResult: Bool = false, descriptors: [CInt] = [], onExit: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let pipes = try SandboxPipes(hasResult: hasResult)
        (self.pipes, self.namespaces) = (pipes, namespaces)
        defer { pipes.closeChildEnds() }
        try pipes.writeArguments(namespaces.options + ["--seccomp", "7"] + arguments.options)
        try pipes.writeFilter(SystemCallFilter.program.get())
        if let user = namespaces.user { pipes.log.giveWriting(to: user.id) }
        let bubblewrap = try await SpawnThread.shared.start(
            SpawnedProgram(
                path: program.string,
                arguments: ["--json-status-fd", "3", "--block-fd", "4", "--args", "5", "--"] + arguments.command,
                descriptors: pipes.childDescriptors + [namespaces.users] + descriptors, cgroups: cgroups,
                limits: SandboxLimits.ofFunction(data: dataLimit, isOwnUser: namespaces.user != nil), network: namespaces.network,
                user: namespaces.user?.id))
        self.bubblewrap = bubblewrap
        self.log = log
        let output = OutputPipe(pipes.log.takeReading(), of: .function, to: log)
        monitor = SandboxMonitor(bubblewrap: bubblewrap, status: pipes.status.takeReading(), output: output, onExit: onExit)
        pipes.closeChildEnds()
        guard let child = await monitor.child() else {
            throw LaminaError(.toolFailed, "bubblewrap cannot make a sandbox: \(Self.lastLine(of: log.tail))")
        }
        self.child = child
        if namespaces.user == nil {
            do {
                try SandboxLimits.limitProcesses(of: child)
            } catch {
                await stop()
                throw error
            }
        }
    }

    /// The last line: before bubblewrap's own words may stand those of the platform.
    static func lastLine(of text: [UInt8]) -> String {
        text.split(separator: UInt8(ascii: "\n")).last.map { String(decoding: $0, as: UTF8.self) } ?? "it says nothing"
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
