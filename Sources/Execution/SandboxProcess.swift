import CLinux
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import NIOCore
import Synchronization
import SystemPackage

/// A running sandbox: bubblewrap, the runtime inside, its Runtime API and its log.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    let log: LogPipe
    private let child: pid_t
    private let cgroup: MemoryCgroup?
    private let channel: any Channel
    private let started: ContinuousClock.Instant
    private let monitor: SandboxMonitor
    private let memoryLimit: Int
    private let watchdogKilled = Mutex(false)
    /// The process below the sandbox's first one, once it was looked for and found.
    private let runtimeProcess = Mutex<pid_t?>(nil)

    /// Starts a sandbox: bubblewrap waits at its block descriptor until the cgroup and the Runtime API are there.
    init(
        _ arguments: SandboxArguments, program: FilePath, endpoint: RuntimeEndpoint, cgroups: CgroupParent?, name: String, memoryLimit: Int
    ) async throws {
        started = .now
        self.endpoint = endpoint
        self.memoryLimit = memoryLimit

        let pipes = try SandboxPipes()
        defer { pipes.closeChildEnds() }
        try pipes.writeArguments(arguments.options)
        let bubblewrap = try await SpawnThread.shared.spawn(
            program.string, ["--json-status-fd", "3", "--block-fd", "4", "--args", "5", "--"] + arguments.command,
            descriptors: pipes.childDescriptors)
        log = LogPipe(pipes.takeLog())
        monitor = SandboxMonitor(bubblewrap: bubblewrap, status: pipes.takeStatus(), log: log) { endpoint.exit($0) }
        pipes.closeChildEnds()
        guard let child = await monitor.child() else {
            throw LaminaError(
                .toolFailed,
                "bubblewrap cannot make a sandbox: \(String(decoding: log.tail.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))")
        }
        self.child = child
        var group: MemoryCgroup?
        do {
            group = try cgroups.map { try MemoryCgroup(in: $0, name: name, limit: memoryLimit) }
            try group?.add(child)
            channel = try await endpoint.listen(on: NetworkNamespace.listen(in: child, port: 9001))
        } catch {
            kill(child, SIGKILL)
            await monitor.exit()
            group?.remove()
            throw error
        }
        cgroup = group
        pipes.release()
        if cgroup == nil { watchMemory() }
    }

    /// Ends the sandbox and waits until all its processes are gone.
    func stop() async {
        // The first process of a PID namespace takes all others with it.
        if !monitor.hasEnded { kill(child, SIGKILL) }
        await monitor.exit()
        try? await channel.close()
        cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled ?? watchdogKilled.withLock { $0 } }

    /// Milliseconds from the start to the runtime's first request for an invocation, once it made it.
    var initDuration: Double? { endpoint.ready.map { ($0 - started) / .milliseconds(1) } }

    /// The runtime's largest resident size so far, in MiB.
    var peakMemory: Int {
        let runtime = runtimeProcess.withLock { known in
            if known == nil {
                known = ProcessFile.read("/proc/\(child)/task/\(child)/children").split(separator: " ").first.flatMap { pid_t($0) }
            }
            return known
        }
        guard let runtime else { return 0 }
        let line = ProcessFile.read("/proc/\(runtime)/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }

    /// Where cgroups are not to be had: looks at the resident size ten times a second.
    private func watchMemory() {
        Task { [weak self] in
            while let self, !self.monitor.hasEnded {
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

/// The small files of /proc, read with two system calls.
private enum ProcessFile {
    static func read(_ path: String) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = (try? file.read(into: buffer)) ?? 0
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
