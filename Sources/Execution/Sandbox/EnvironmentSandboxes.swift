import Foundation
import LambdaModel
import NIOCore
import Synchronization
import SystemPackage

/// The sandboxes of one execution environment, of which there is one at a time: all are the same user of this machine, with the same /tmp.
final class EnvironmentSandboxes: Sendable {
    /// What the function sees at /tmp.
    let volume: TemporaryVolume
    private let facilities: SandboxFacilities
    private let function: LambdaFunction
    private let user: SandboxUser?
    /// For the first sandbox.
    private let first: Mutex<PreparedNamespaces?>

    /// - Parameter folder: The environment's, in which it makes one for /tmp.
    init(_ function: LambdaFunction, _ facilities: SandboxFacilities, in folder: FilePath) async throws {
        self.function = function
        self.facilities = facilities
        let path = folder.appending("tmp")
        try SharedFile.makeFolder(path)
        let prepared = try await facilities.namespaces.take()
        user = prepared.namespaces.user
        first = Mutex(prepared)
        volume = try await facilities.volumes.volume(at: path, megabytes: function.ephemeralStorage)
    }

    /// Starts the next sandbox, once the one before has ended.
    ///
    /// - Parameter name: A name for its cgroup, which no other sandbox of the server has.
    func start(
        _ arguments: SandboxArguments, program: FilePath, log: EnvironmentLog, eventLoop: any EventLoop, name: String,
        extensions: SandboxExtensions
    ) async throws -> SandboxProcess {
        let prepared: PreparedNamespaces
        if let first = takeFirst() { prepared = first } else { prepared = try await facilities.namespaces.make(for: user) }
        var arguments = arguments
        if facilities.network == .host {
            arguments.environment["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:\(prepared.namespaces.port)"
        }
        arguments.folders.resolver = facilities.resolver
        let memory = function.memorySize << 20
        let files = volume.kind == .memory ? function.ephemeralStorage << 20 : 0
        let processors = SandboxCgroup.processors(memorySize: function.memorySize)
        let cgroup = try facilities.cgroups.map {
            try SandboxCgroup(in: $0, name: name, SandboxCgroup.Limits(memory: memory + files, processors: processors))
        }
        let process = try await SandboxProcess(
            arguments, program: program, log: log, eventLoop: eventLoop, prepared: prepared, cgroup: cgroup, memoryLimit: memory,
            processorBound: facilities.processors == .quota ? processors : nil,
            isWatched: cgroup?.limitsMemory != true || files > 0, extensions: extensions)
        await facilities.namespaces.prepare()
        return process
    }

    /// Removes /tmp and what it holds.
    func remove() async {
        _ = takeFirst()
        await volume.remove()
    }

    private func takeFirst() -> PreparedNamespaces? {
        first.withLock { first in
            defer { first = nil }
            return first
        }
    }
}
