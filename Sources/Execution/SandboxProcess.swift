import CLinux
import Foundation
import Interpreters
import LaminaErrors
import LambdaModel
import NIOCore
import Synchronization
import SystemPackage

/// A running sandbox: bubblewrap, the runtime inside, its Runtime API and its log.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    let log: LogPipe
    private let bubblewrap: pid_t
    private let child: pid_t
    private let cgroup: MemoryCgroup?
    private let channel: any Channel
    private let started: ContinuousClock.Instant
    private let exited: ExitSignal
    private let memoryLimit: Int
    private let watchdogKilled = Mutex(false)

    /// Starts a sandbox: bubblewrap waits at its block descriptor until the cgroup and the Runtime API are there.
    init(
        _ arguments: SandboxArguments, program: FilePath, endpoint: RuntimeEndpoint, cgroups: CgroupParent?, name: String, memoryLimit: Int
    ) async throws {
        started = .now
        self.endpoint = endpoint
        self.memoryLimit = memoryLimit
        let exited = ExitSignal()
        self.exited = exited

        let pipes = try SandboxPipes()
        defer { pipes.closeChildEnds() }
        try pipes.writeArguments(arguments.options)
        bubblewrap = try await SpawnThread.shared.spawn(
            program.string, ["--json-status-fd", "3", "--block-fd", "4", "--args", "5", "--"] + arguments.command,
            descriptors: pipes.childDescriptors)
        log = LogPipe(pipes.takeLog())
        let process = bubblewrap
        let status = SandboxStatus(pipes.takeStatus()) { status in
            var result: CInt = 0
            waitpid(process, &result, 0)
            exited.set()
            endpoint.exit(status)
        }
        pipes.closeChildEnds()
        guard let child = await status.child() else {
            throw LaminaError(.toolFailed, "bubblewrap cannot make a sandbox: \(String(decoding: log.tail.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))")
        }
        self.child = child
        do {
            cgroup = try cgroups.map { try MemoryCgroup(in: $0, name: name, limit: memoryLimit) }
            try cgroup?.add(child)
            channel = try await endpoint.listen(on: NetworkNamespace.listen(in: child, port: 9001))
        } catch {
            kill(child, SIGKILL)
            throw error
        }
        pipes.release()
        if cgroup == nil { watchMemory() }
    }

    /// Ends the sandbox and waits until all its processes are gone.
    func stop() async {
        // The first process of a PID namespace takes all others with it.
        kill(child, SIGKILL)
        await exited.wait()
        try? await channel.close()
        cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled ?? watchdogKilled.withLock { $0 } }

    /// Milliseconds from the start to the runtime's first request for an invocation, once it made it.
    var initDuration: Double? { endpoint.ready.map { ($0 - started) / .milliseconds(1) } }

    /// The runtime's largest resident size so far, in MiB.
    var peakMemory: Int {
        let children = (try? String(contentsOfFile: "/proc/\(child)/task/\(child)/children", encoding: .utf8)) ?? ""
        let peaks = children.split(separator: " ").compactMap { pid_t($0) }.map { Self.status($0, "VmHWM:") }
        return (peaks.max() ?? 0) / 1024
    }

    /// A field of /proc/PID/status, in KiB.
    private static func status(_ process: pid_t, _ field: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Where cgroups are not to be had: looks at the resident size ten times a second.
    private func watchMemory() {
        Task { [weak self] in
            while let self, !self.exited.isSet {
                if self.peakMemory * 1_048_576 > self.memoryLimit {
                    self.watchdogKilled.withLock { $0 = true }
                    kill(self.child, SIGKILL)
                    return
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}

/// The end of a process, for which any number of tasks may wait.
final class ExitSignal: Sendable {
    private struct State {
        var isSet = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isSet: Bool { state.withLock { $0.isSet } }

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}
