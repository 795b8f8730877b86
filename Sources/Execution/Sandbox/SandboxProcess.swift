import Foundation
import LambdaModel
import LaminaErrors
import NIOCore
import Synchronization
import SystemPackage

/// A sandbox with a runtime inside: its Runtime API, its log and its memory.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    let extensions: ExtensionEndpoint
    let telemetry: EnvironmentTelemetry
    /// What starts external extensions and the runtime; nil where there is the runtime alone.
    let launcher: ExtensionLauncher?
    /// The runtime's number inside the sandbox, where a launcher started it.
    let runtimeNumber = Mutex<pid_t?>(nil)
    let sandbox: Sandbox
    private let cgroup: MemoryCgroup?
    private let server: EnvironmentServer
    private let memoryLimit: Int
    private let watchdogKilled = Mutex(false)
    /// The process below the sandbox's first one, once it was looked for and found.
    private let runtimeProcess = Mutex<pid_t?>(nil)

    /// Starts a sandbox, which waits until the cgroup and the Runtime API are there.
    init(
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, eventLoop: any EventLoop, cgroups: CgroupParent?,
        name: String, memoryLimit: Int, extensions: SandboxExtensions
    ) async throws {
        let endpoint = RuntimeEndpoint(eventLoop: eventLoop)
        let extensionEndpoint = ExtensionEndpoint(extensions.external, eventLoop: eventLoop)
        self.endpoint = endpoint
        self.extensions = extensionEndpoint
        telemetry = extensions.telemetry
        self.memoryLimit = memoryLimit
        let launcher = extensions.external.isEmpty ? nil : try ExtensionLauncher(extensions.external)
        self.launcher = launcher
        defer { launcher?.closeShellEnds() }
        let command = launcher?.command(arguments.command) ?? arguments.command
        sandbox = try await Sandbox(
            SandboxArguments(folders: arguments.folders, environment: arguments.environment, command: command), program: program, log: log,
            descriptors: launcher?.shellDescriptors ?? []
        ) { status in
            endpoint.exit(status)
            extensionEndpoint.exitAll(status)
        }
        var group: MemoryCgroup?
        do {
            group = try cgroups.map { try MemoryCgroup(in: $0, name: name, limit: memoryLimit) }
            try group?.add(sandbox.child)
            server = try await EnvironmentServer(
                on: NetworkNamespace.listen(in: sandbox.child, port: 9001), eventLoop: eventLoop, runtime: endpoint,
                apis: [
                    RuntimeAPI(endpoint: endpoint), ExtensionsAPI(endpoint: extensionEndpoint, function: extensions.function),
                    TelemetryAPI(telemetry: telemetry, extensions: extensionEndpoint, log: log),
                ])
        } catch {
            await sandbox.stop()
            group?.remove()
            throw error
        }
        cgroup = group
        telemetry.run(in: sandbox.child)
        launcher?.watch(log) { [weak self] in self?.take($0) }
        sandbox.release()
        if cgroup == nil { watchMemory() }
    }

    /// Ends the sandbox, by a shutdown phase where it has extensions, and waits until all its processes are gone.
    func stop(_ reason: ShutdownReason) async {
        if !sandbox.hasEnded { await shutDown(reason) }
        await sandbox.stop()
        telemetry.end()
        await server.close()
        cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled ?? watchdogKilled.withLock { $0 } }

    /// The largest resident size so far of the runtime, and of the extensions, in MiB.
    var peakMemory: Int {
        if launcher != nil {
            return ProcessFile.descendants(of: sandbox.child).reduce(0) { $0 + (ProcessFile.field("VmHWM", of: $1)?.first ?? 0) } / 1024
        }
        let runtime = runtimeProcess.withLock { known in
            known = known ?? ProcessFile.children(of: sandbox.child).first
            return known
        }
        return (runtime.flatMap { ProcessFile.field("VmHWM", of: $0)?.first } ?? 0) / 1024
    }

    /// Where cgroups are not to be had: looks at the resident size ten times a second.
    private func watchMemory() {
        Task { [weak self] in
            while let self, !self.sandbox.hasEnded {
                if self.peakMemory * 1_048_576 > self.memoryLimit {
                    self.watchdogKilled.withLock { $0 = true }
                    self.sandbox.kill()
                    return
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
