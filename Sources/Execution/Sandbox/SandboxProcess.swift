import Foundation
import LambdaModel
import LaminaErrors
import NIOCore
import Synchronization
import SystemPackage

/// A sandbox with a runtime inside: its Runtime API, its log, its limits and its memory.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    var log: LogPipe { sandbox.log }
    private let sandbox: Sandbox
    private let cgroup: SandboxCgroup?
    private let memory: SandboxMemory
    private let channel: any Channel
    private let prepared: PreparedNamespaces
    private let started: ContinuousClock.Instant
    private let memoryLimit: Int
    /// Cores that it may have at most once its init phase is over.
    private let processorBound: Mutex<Double?>
    private let watchdogKilled = Mutex(false)

    /// Starts a sandbox, which waits until its limits and the Runtime API are there.
    ///
    /// - Parameters:
    ///   - prepared: The namespaces that it takes.
    ///   - cgroup: The groups that it takes, and removes at its end.
    ///   - processorBound: Cores that it may have at most, from ``endInit()`` on; nil for no bound.
    ///   - isWatched: Whether its memory is looked at besides, since no cgroup limits it, or one that has to leave room for files in memory.
    init(
        _ arguments: SandboxArguments, program: FilePath, endpoint: RuntimeEndpoint, prepared: PreparedNamespaces, cgroup: SandboxCgroup?,
        memoryLimit: Int, processorBound: Double? = nil, isWatched: Bool
    ) async throws {
        started = .now
        self.endpoint = endpoint
        self.memoryLimit = memoryLimit
        self.processorBound = Mutex(processorBound)
        self.prepared = prepared
        self.cgroup = cgroup
        do {
            let joins = try (cgroup?.folders ?? []).map { try FileDescriptor.open($0.joinFile, .writeOnly, options: .closeOnExec) }
            defer { for file in joins { try? file.close() } }
            sandbox = try await Sandbox(
                arguments, program: program, namespaces: prepared.namespaces, cgroups: joins.map(\.rawValue)
            ) { endpoint.exit($0) }
        } catch {
            prepared.translation?.end()
            cgroup?.remove()
            throw error
        }
        do {
            channel = try await endpoint.listen(on: prepared.namespaces.takeListener())
        } catch {
            await sandbox.stop()
            prepared.translation?.end()
            cgroup?.remove()
            throw error
        }
        let (first, outer) = (sandbox.child, sandbox.bubblewrap)
        memory = SandboxMemory(
            processes: {
                guard let cgroup else { return SandboxMemory.descendants(of: first) }
                return cgroup.processes.filter { $0 != first && $0 != outer }
            }, anonymous: cgroup?.anonymousMemory)
        sandbox.release()
        if isWatched { watchMemory() }
    }

    /// The init phase, for which AWS lends a function more of the processors than its share, is over.
    func endInit() {
        let bound = processorBound.withLock { bound in
            defer { bound = nil }
            return bound
        }
        // A sandbox that has ended in the meantime has no cgroup any more.
        if let bound { try? cgroup?.bound(processors: bound) }
    }

    /// Ends the sandbox and waits until all its processes are gone.
    func stop() async {
        await sandbox.stop()
        await prepared.translation?.stop()
        try? await channel.close()
        cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled == true || watchdogKilled.withLock { $0 } }

    /// Milliseconds from the start to the runtime's first request for an invocation, once it made it.
    var initDuration: Double? { endpoint.ready.map { ($0 - started) / .milliseconds(1) } }

    /// The sandbox's largest use of memory so far, in MiB; the limit for one that wanted more.
    var peakMemory: Int { isOutOfMemory ? memoryLimit >> 20 : min(memoryLimit, memory.highest()) >> 20 }

    /// Looks at the use of memory ten times a second, or less often where that takes long.
    private func watchMemory() {
        Task { [weak self] in
            while let self, !self.sandbox.hasEnded {
                let begin = ContinuousClock.now
                if self.memory.highest() > self.memoryLimit {
                    self.watchdogKilled.withLock { $0 = true }
                    self.sandbox.kill()
                    return
                }
                try await Task.sleep(for: max(Duration.milliseconds(100), (ContinuousClock.now - begin) * 10))
            }
        }
    }
}
