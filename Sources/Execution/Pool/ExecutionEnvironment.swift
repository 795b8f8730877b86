import Foundation
import LambdaModel
import LaminaErrors

/// One execution environment of a function: its layers at /opt, its /tmp, and the sandbox that runs while it is warm.
///
/// When the sandbox ends, by a timeout or a crash, the environment starts another at the next invocation; /tmp stays.
actor ExecutionEnvironment {
    nonisolated let id: String
    nonisolated let function: LambdaFunction
    nonisolated let content: FunctionContent
    private let starter: SandboxStarter
    private let log: EnvironmentLog
    private var process: SandboxProcess?
    private var starts = 0
    /// MiB, of all sandboxes so far.
    private var peakMemory = 0
    private var isClosed = false

    /// Unpacks what is not unpacked yet and merges the layers.
    init(
        _ function: LambdaFunction, _ content: FunctionContent, _ initialization: InitializationType, _ context: ExecutionContext
    ) async throws {
        (self.function, self.content) = (function, content)
        starter = try await SandboxStarter(function, content, initialization, context)
        id = starter.id
        log = EnvironmentLog(starter.logStream, sink: context.logs)
    }

    /// Runs the init phase ahead of any invocation. One that fails is tried again by the first invocation.
    func initialize() async throws {
        log.beginTail()
        _ = try await initialize(.initialization, within: .milliseconds(Limits.initMilliseconds))
    }

    /// Runs one invocation; the caller sees to it that there is one at a time.
    func invoke(_ invocation: Invocation) async throws -> InvocationResult {
        defer { invocation.stream?.finish() }
        // What ended between two invocations is neither's fault.
        if process?.endpoint.hasEnded == true { await stopProcess() }
        log.beginTail()
        var initDuration: Double?
        if starts == 0 {
            let phase = try await initialize(.initialization, within: .milliseconds(Limits.initMilliseconds))
            if phase.failure == nil { initDuration = phase.milliseconds }
        }
        log.add(.start(requestID: invocation.requestID, version: function.versionText))
        let limit = Duration.seconds(function.timeout)
        var initTime = 0.0
        if process == nil {
            // After a failure the init phase is part of the invocation, and of its time.
            let phase = try await initialize(.invoke, within: limit)
            initTime = phase.milliseconds
            if let failure = phase.failure {
                return end(invocation, failure, duration: initTime)
            }
        }
        guard let process else { throw FunctionExecutor.stopping }
        let finish = await process.endpoint.invoke(invocation, timeout: limit - .milliseconds(initTime))
        let ending = InvocationEnding(finish.outcome, timeout: function.timeout, isOutOfMemory: process.isOutOfMemory)
        peakMemory = max(peakMemory, process.peakMemory)
        let duration = finish.begin.map { (finish.end - $0) / .milliseconds(1) } ?? 0
        let result = end(
            invocation, ending, duration: initTime + duration, initDuration: initDuration, producedBytes: finish.producedBytes)
        if ending.endsProcess { await stopProcess() }
        return result
    }

    /// Ends the sandbox and removes all that the environment had.
    func close() async {
        isClosed = true
        await stopProcess()
        await starter.close()
    }

    /// Starts a sandbox and waits until its runtime is ready; one that does not become so is ended.
    private func initialize(
        _ phase: PlatformEvent.Phase, within limit: Duration
    ) async throws -> (failure: InvocationEnding?, milliseconds: Double) {
        let begin = ContinuousClock.now
        starts += 1
        let runtime = try await starter.runtime()
        log.add(.initStart(phase, runtimeVersion: runtime.version))
        let process: SandboxProcess
        do {
            process = try await starter.start(runtime, log, number: starts)
        } catch let error as InvalidEntrypoint {
            return endInit(phase, .fault(.invalidEntrypoint(error)), since: begin)
        }
        // While it started, the environment may have been told to end.
        guard !isClosed else {
            await process.stop()
            throw FunctionExecutor.stopping
        }
        self.process = process
        let failure = await process.endpoint.ready(within: limit - (.now - begin)).map {
            InvocationEnding($0, timeout: function.timeout, isOutOfMemory: process.isOutOfMemory)
        }
        let end = endInit(phase, failure, since: begin)
        if failure != nil {
            peakMemory = max(peakMemory, process.peakMemory)
            await stopProcess()
        }
        return end
    }

    /// Tells the log of an init phase's end.
    private func endInit(
        _ phase: PlatformEvent.Phase, _ failure: InvocationEnding?, since begin: ContinuousClock.Instant
    ) -> (failure: InvocationEnding?, milliseconds: Double) {
        let milliseconds = (ContinuousClock.now - begin) / .milliseconds(1)
        log.add(.initRuntimeDone(phase, failure?.status ?? .success))
        log.add(.initReport(phase, failure?.status ?? .success, milliseconds: milliseconds))
        return (failure, milliseconds)
    }

    /// Tells the log of an invocation's end and makes what its caller gets.
    private func end(
        _ invocation: Invocation, _ ending: InvocationEnding, duration: Double, initDuration: Double? = nil, producedBytes: Int = 0
    ) -> InvocationResult {
        let requestID = invocation.requestID
        // A response that the runtime did not stream is one piece.
        if case .response(let payload) = ending { _ = invocation.stream?.write(payload) }
        if let fault = ending.fault { log.add(fault.event(requestID)) }
        log.add(.runtimeDone(requestID: requestID, ending.status, milliseconds: duration, producedBytes: producedBytes))
        let isOutOfMemory = ending.fault == .outOfMemory
        log.add(
            .report(
                requestID: requestID, ending.fault?.status ?? .success,
                PlatformEvent.Metrics(
                    duration: duration, memorySize: function.memorySize,
                    maxMemoryUsed: isOutOfMemory ? function.memorySize : peakMemory, initDuration: initDuration)))
        return InvocationResult(ending, requestID, logTail: log.tail)
    }

    private func stopProcess() async {
        await process?.stop()
        process = nil
    }
}
