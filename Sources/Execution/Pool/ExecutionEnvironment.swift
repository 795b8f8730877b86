import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import NIOCore
import SystemPackage

/// One execution environment of a function: its layers at /opt, its /tmp, and the sandbox that runs while it is warm.
///
/// When the sandbox ends, by a timeout or a crash, the environment starts another at the next invocation; /tmp stays.
actor ExecutionEnvironment {
    let id = UUID().uuidString.lowercased()
    let function: LambdaFunction
    private let context: ExecutionContext
    private let folder: FilePath
    private let mount: LayerMount
    private let code: FilePath
    private let sandboxes: EnvironmentSandboxes
    private var process: SandboxProcess?
    private var starts = 0
    private var isClosed = false

    /// Unpacks what is not unpacked yet and merges the layers.
    init(_ function: LambdaFunction, _ context: ExecutionContext) async throws {
        self.function = function
        self.context = context
        folder = context.settings.folder.appending("environments").appending(id)
        var leased: [String] = []
        do {
            var layers: [FilePath] = []
            for layer in function.layers {
                layers.append(try await context.unpacked.lease(layer.sha256))
                leased.append(layer.sha256)
            }
            code = try await context.unpacked.lease(function.code.sha256)
            leased.append(function.code.sha256)
            try FileManager.default.createDirectory(atPath: folder.appending("opt").string, withIntermediateDirectories: true)
            sandboxes = try await EnvironmentSandboxes(function, context.sandboxes, in: folder)
            do {
                mount = try LayerMount(layers, at: folder.appending("opt"))
            } catch {
                sandboxes.remove()
                throw error
            }
        } catch {
            for sha256 in leased { await context.unpacked.release(sha256) }
            try? FileManager.default.removeItem(atPath: folder.string)
            throw error
        }
    }

    /// Runs one invocation; the caller sees to it that there is one at a time.
    func invoke(_ invocation: Invocation) async throws -> InvocationResult {
        let isCold = process == nil
        let process = try await runningProcess()
        let report = InvocationReport(requestID: invocation.requestID, function: function)
        process.log.begin("")
        let expiry = expire(process, invocation.requestID, isCold: isCold)
        let finish = await process.endpoint.invoke(invocation, timeout: .seconds(Int64(function.timeout))) {
            expiry.cancel()
            process.endInit()
            process.log.append(report.start)
        }
        expiry.cancel()
        let isOutOfMemory = if case .exited = finish.outcome { process.isOutOfMemory } else { false }
        let duration = finish.begin.map { (finish.end - $0) / .milliseconds(1) } ?? 0
        if finish.begin == nil { process.log.append(report.start) }
        process.log.append(
            report.end(
                finish.outcome, duration: duration, initDuration: isCold ? process.initDuration : nil, peakMemory: process.peakMemory,
                isOutOfMemory: isOutOfMemory))
        let tail = process.log.tail
        switch finish.outcome {
        case .response(let payload): return InvocationResult(payload: payload, isError: false, logTail: tail)
        case .error(let payload): return InvocationResult(payload: payload, isError: true, logTail: tail)
        case .initError(let payload):
            await stopProcess()
            return InvocationResult(payload: payload, isError: true, logTail: tail)
        case .timedOut, .exited:
            await stopProcess()
            return InvocationResult(payload: report.error(finish.outcome, isOutOfMemory: isOutOfMemory), isError: true, logTail: tail)
        }
    }

    /// Ends the sandbox and removes all that the environment had.
    func close() async {
        isClosed = true
        await stopProcess()
        mount.unmount()
        sandboxes.remove()
        try? FileManager.default.removeItem(atPath: folder.string)
        for sha256 in function.layers.map(\.sha256) + [function.code.sha256] { await context.unpacked.release(sha256) }
    }

    private func runningProcess() async throws -> SandboxProcess {
        if let process { return process }
        guard function.architecture == .host else {
            throw LaminaError(
                .unsupported,
                "\(function.name) is for \(function.architecture.rawValue), and this machine runs \(Architecture.host.rawValue)")
        }
        let runtime = try await PreparedRuntime.prepare(function.runtime, context.views)
        let arguments = SandboxArguments(
            folders: SandboxArguments.Folders(
                root: runtime.root, task: code, layers: mount.path,
                temporary: sandboxes.volume.path, configuration: context.settings.folder.appending("etc")),
            environment: FunctionEnvironment.variables(of: function, credentials: .placeholder(), logStream: logStream),
            command: runtime.command)
        starts += 1
        let started = try await sandboxes.start(
            arguments, program: try context.bubblewrap, endpoint: RuntimeEndpoint(eventLoop: context.eventLoops.next()),
            name: "\(id)-\(starts)")
        // While it started, the environment may have been told to end.
        guard !isClosed else {
            await started.stop()
            throw FunctionExecutor.stopping
        }
        process = started
        return started
    }

    private func stopProcess() async {
        await process?.stop()
        process = nil
    }

    /// Ends an invocation that the runtime never asks for. AWS gives the init phase 10 seconds, and then once more the function's own time.
    private nonisolated func expire(_ process: SandboxProcess, _ requestID: String, isCold: Bool) -> Scheduled<Void> {
        let limit = Int64((isCold ? Limits.initMilliseconds : 0) + function.timeout * 1000)
        return context.eventLoops.next().scheduleTask(in: .milliseconds(limit)) { process.endpoint.expire(requestID) }
    }

    private var logStream: String {
        let day = Date().formatted(.iso8601.year().month().day().dateSeparator(.dash)).replacingOccurrences(of: "-", with: "/")
        return "\(day)/[\(function.versionText)]\(id.filter { $0 != "-" })"
    }
}

extension FunctionEnvironment.Credentials {
    /// Values of the right form that no server takes: a function has no network to call AWS by.
    static func placeholder() -> Self {
        func random(_ bytes: Int) -> String { Hexadecimal.encode(secureRandomBytes(bytes)) }
        return Self(accessKeyID: "ASIA" + random(8).uppercased(), secret: random(20), sessionToken: random(32))
    }
}
