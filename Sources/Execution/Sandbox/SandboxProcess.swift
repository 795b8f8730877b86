import Foundation
import LambdaModel
import LaminaErrors
import NIOCore
import Synchronization
import SystemPackage

/// A sandbox with a runtime inside: its Runtime API, its log, its limits and its memory.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    let extensions: ExtensionEndpoint
    let telemetry: EnvironmentTelemetry
    /// What starts external extensions and the runtime; nil where there is the runtime alone.
    let launcher: ExtensionLauncher?
    /// The runtime's number inside the sandbox, where a launcher started it.
    let runtimeNumber = Mutex<pid_t?>(nil)
    let sandbox: Sandbox
    private let cgroup: SandboxCgroup?
    let memory: SandboxMemory
    let eventLoop: any EventLoop
    private let server: EnvironmentServer
    private let prepared: PreparedNamespaces
    let memoryLimit: Int
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
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, eventLoop: any EventLoop, prepared: PreparedNamespaces,
        cgroup: SandboxCgroup?, memoryLimit: Int, processorBound: Double? = nil, isWatched: Bool, extensions: SandboxExtensions
    ) async throws {
        self.eventLoop = eventLoop
        let endpoint = RuntimeEndpoint(eventLoop: eventLoop)
        let extensionEndpoint = ExtensionEndpoint(extensions.external, eventLoop: eventLoop)
        self.endpoint = endpoint
        self.extensions = extensionEndpoint
        telemetry = extensions.telemetry
        self.memoryLimit = memoryLimit
        self.processorBound = Mutex(processorBound)
        self.prepared = prepared
        self.cgroup = cgroup
        let launcher: ExtensionLauncher?
        do {
            launcher = extensions.external.isEmpty ? nil : try ExtensionLauncher(extensions.external, user: prepared.namespaces.user?.id)
            self.launcher = launcher
            defer { launcher?.closeShellEnds() }
            var arguments = arguments
            if let launcher { arguments.command = launcher.command(arguments.command) }
            let joins = try cgroup?.openJoinFiles() ?? []
            defer { for file in joins { try? file.close() } }
            sandbox = try await Sandbox(
                arguments, program: program, log: log, namespaces: prepared.namespaces, cgroups: joins.map(\.rawValue),
                descriptors: launcher?.shellDescriptors ?? []
            ) { endpoint.fail(extensionEndpoint.exitAll($0)) }
        } catch {
            await cgroup?.remove()
            throw error
        }
        do {
            server = try await EnvironmentServer(
                on: prepared.namespaces.takeListener(), eventLoop: eventLoop, runtime: endpoint,
                apis: [
                    RuntimeAPI(endpoint: endpoint), ExtensionsAPI(endpoint: extensionEndpoint, function: extensions.function),
                    TelemetryAPI(telemetry: telemetry, extensions: extensionEndpoint, log: log),
                ])
        } catch {
            await sandbox.stop()
            await cgroup?.remove()
            throw error
        }
        let (first, outer) = (sandbox.child, sandbox.bubblewrap)
        memory = SandboxMemory(
            processes: {
                guard let cgroup else { return SandboxMemory.descendants(of: first) }
                return cgroup.processes.filter { $0 != first && $0 != outer }
            }, anonymous: cgroup?.anonymousMemory)
        telemetry.run(in: prepared.namespaces)
        launcher?.watch(log) { [weak self] in self?.take($0) }
        sandbox.release()
        if isWatched { watchMemory() }
    }

    /// The init phase, for which AWS lends a function more of the processors than its share, is over.
    func endInit() {
        let bound = processorBound.withLock { bound in
            defer { bound = nil }
            return bound
        }
        // A runtime that ends by itself is not there any more when its first invocation is reported.
        _ = memory.highest()
        // A sandbox that has ended in the meantime has no cgroup any more.
        if let bound { try? cgroup?.bound(processors: bound) }
    }

    /// Ends the sandbox, by a shutdown phase where it has extensions, and waits until all its processes are gone.
    func stop(_ reason: ShutdownReason) async {
        if !sandbox.hasEnded { await shutDown(reason) }
        await sandbox.stop()
        sandbox.log.finish()
        telemetry.end()
        await prepared.translation?.stop()
        await server.close()
        await cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled == true || watchdogKilled.withLock { $0 } }

    /// The sandbox's largest use of memory so far, in MiB; 1 at least, as what has run has used some.
    var peakMemory: Int { max(1, min(memoryLimit, memory.highest()) >> 20) }

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
