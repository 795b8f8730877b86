import CLinux
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import NIOCore
import Synchronization
import SystemPackage

/// A sandbox with a runtime inside: its Runtime API, its log and its memory.
final class SandboxProcess: Sendable {
    let endpoint: RuntimeEndpoint
    private let sandbox: Sandbox
    private let cgroup: MemoryCgroup?
    private let server: EnvironmentServer
    private let memoryLimit: Int
    private let watchdogKilled = Mutex(false)
    /// The process below the sandbox's first one, once it was looked for and found.
    private let runtimeProcess = Mutex<pid_t?>(nil)

    /// Starts a sandbox, which waits until the cgroup and the Runtime API are there.
    init(
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, eventLoop: any EventLoop, cgroups: CgroupParent?,
        name: String, memoryLimit: Int
    ) async throws {
        let endpoint = RuntimeEndpoint(eventLoop: eventLoop)
        self.endpoint = endpoint
        self.memoryLimit = memoryLimit
        sandbox = try await Sandbox(arguments, program: program, log: log) { endpoint.exit($0) }
        var group: MemoryCgroup?
        do {
            group = try cgroups.map { try MemoryCgroup(in: $0, name: name, limit: memoryLimit) }
            try group?.add(sandbox.child)
            server = try await EnvironmentServer(
                on: NetworkNamespace.listen(in: sandbox.child, port: 9001), eventLoop: eventLoop, runtime: endpoint,
                apis: [RuntimeAPI(endpoint: endpoint)])
        } catch {
            await sandbox.stop()
            group?.remove()
            throw error
        }
        cgroup = group
        sandbox.release()
        if cgroup == nil { watchMemory() }
    }

    /// Ends the sandbox and waits until all its processes are gone.
    func stop() async {
        await sandbox.stop()
        await server.close()
        cgroup?.remove()
    }

    /// Whether the sandbox ended, or was ended, for its memory.
    var isOutOfMemory: Bool { cgroup?.hasKilled ?? watchdogKilled.withLock { $0 } }

    /// The runtime's largest resident size so far, in MiB.
    var peakMemory: Int {
        let runtime = runtimeProcess.withLock { known in
            if known == nil {
                known = ProcessFile.read("/proc/\(sandbox.child)/task/\(sandbox.child)/children").split(separator: " ").first.flatMap {
                    pid_t($0)
                }
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
