import Foundation
import LambdaModel
import LaminaErrors

/// One execution environment of a function: its layers at /opt, its /tmp, and the sandbox that runs while it is warm.
///
/// When the sandbox ends, by a timeout or a crash, the environment starts another at the next invocation; /tmp stays.
actor ExecutionEnvironment {
    nonisolated let id: String
    nonisolated let function: LambdaFunction
    private let starter: SandboxStarter
    private let log: EnvironmentLog
    private let telemetry: EnvironmentTelemetry
    private var process: SandboxProcess?
    private var starts = 0
    /// MiB, of all sandboxes so far.
    private var peakMemory = 0
    private var isClosed = false
    /// The invocation that the runtime has answered while extensions are at work.
    private var unsettled: UnsettledInvocation?

    /// Unpacks what is not unpacked yet and merges the layers.
    init(
        _ function: LambdaFunction, _ content: FunctionContent, _ initialization: InitializationType, _ context: ExecutionContext
    ) async throws {
        self.function = function
        starter = try await SandboxStarter(function, content, initialization, context)
        id = starter.id
        log = EnvironmentLog(starter.logStream, sink: context.logs, format: LogFormat(function, initialization))
        let telemetry = EnvironmentTelemetry(function, initialization, logger: context.logger)
        self.telemetry = telemetry
        log.observe { telemetry.observe($0) }
    }

    /// Runs the init phase ahead of any invocation. One that fails is tried again by the first invocation.
    func initialize() async throws {
        log.beginTail()
        _ = try await initialize(.initialization, within: .milliseconds(Limits.initMilliseconds))
    }

    /// Runs one invocation; the caller sees to it that there is one at a time.
    ///
    /// - Returns: The result, and whether the environment is free; if not, ``settle()`` makes it so.
    func invoke(_ invocation: Invocation) async throws -> (result: InvocationResult, isSettled: Bool) {
        guard !isClosed else { throw FunctionExecutor.stopping }
        // What ended between two invocations is neither's fault.
        if process?.endpoint.hasEnded == true { await stopProcess(.failure) }
        log.beginTail()
        var initDuration: Double?
        if starts == 0 {
            let phase = try await initialize(.initialization, within: .milliseconds(Limits.initMilliseconds))
            if phase.failure == nil { initDuration = phase.milliseconds }
        }
        log.add(.start(requestID: invocation.requestID, version: function.versionText))
        let deadline = ContinuousClock.now + .seconds(function.timeout)
        var initTime = 0.0
        var attempt: (process: SandboxProcess, finish: RuntimeEndpoint.Finish)
        repeat {
            if process == nil {
                // After a failure the init phase is part of the invocation, and of its time.
                let phase = try await initialize(.invoke, within: deadline - .now)
                initTime += phase.milliseconds
                if let failure = phase.failure {
                    let duration = duration(initTime, failure)
                    answered(invocation, failure, duration: duration)
                    return (end(invocation.requestID, failure, duration: duration), true)
                }
            }
            guard let process else { throw FunctionExecutor.stopping }
            attempt = (process, await process.invoke(invocation, timeout: deadline - .now))
            // A runtime that ended before it took the event leaves it to the next.
            if attempt.finish.hasLeftEvent { await stopProcess(.failure) }
        } while attempt.finish.hasLeftEvent
        let (process, finish) = attempt
        let ending = InvocationEnding(finish.outcome, timeout: function.timeout, isOutOfMemory: process.isOutOfMemory)
        peakMemory = max(peakMemory, process.peakMemory)
        let duration = duration(initTime + finish.duration / .milliseconds(1), ending)
        answered(invocation, ending, duration: duration, producedBytes: finish.producedBytes)
        if !ending.endsProcess, !process.extensions.areReady {
            unsettled = UnsettledInvocation(
                requestID: invocation.requestID, ending: ending, answered: .now, deadline: deadline, duration: duration,
                initDuration: initDuration)
            if invocation.waitsForExtensions { await settle() }
            return (InvocationResult(ending, invocation.requestID, logTail: log.tail), unsettled == nil)
        }
        let result = end(invocation.requestID, ending, duration: duration, initDuration: initDuration)
        if ending.endsProcess { await stopProcess(ending.shutdownReason) }
        return (result, true)
    }

    /// Waits until the extensions are done with the last invocation; those that do not become so are ended with their sandbox.
    func settle() async {
        guard let unsettled, let process else { return }
        let failure = await process.extensions.wait(for: .ready, within: unsettled.deadline - .now).map {
            InvocationEnding($0, timeout: function.timeout, isOutOfMemory: process.isOutOfMemory)
        }
        self.unsettled = nil
        peakMemory = max(peakMemory, process.peakMemory)
        let fault = isClosed ? nil : failure?.fault
        if let fault { log.add(fault.event(unsettled.requestID)) }
        _ = end(
            unsettled.requestID, fault.map { .fault($0) } ?? unsettled.ending, duration: unsettled.duration,
            initDuration: unsettled.initDuration,
            extensionsDuration: (min(.now, unsettled.deadline) - unsettled.answered) / .milliseconds(1))
        if let failure, !isClosed { await stopProcess(failure.shutdownReason) }
    }

    /// Ends the sandbox and removes all that the environment had.
    func close() async {
        isClosed = true
        await stopProcess(.spindown)
        await starter.close()
    }

    /// Starts a sandbox and waits until its runtime and extensions are ready; one that does not become so is ended.
    private func initialize(
        _ phase: PlatformEvent.Phase, within limit: Duration
    ) async throws -> (failure: InvocationEnding?, milliseconds: Double) {
        let begin = ContinuousClock.now
        starts += 1
        let runtime = try await starter.runtime(number: starts)
        telemetry.begin()
        log.add(.initStart(phase, runtimeVersion: runtime.version))
        let process: SandboxProcess
        do {
            process = try await starter.start(runtime, log, telemetry, number: starts)
        } catch {
            telemetry.end()
            switch error {
            case let error as ExtensionLaunchFailure: return endInit(phase, .fault(error.fault), [error.state], since: begin)
            case let error as InvalidEntrypoint: return endInit(phase, .fault(.invalidEntrypoint(error)), [], since: begin)
            default: throw error
            }
        }
        // While it started, the environment may have been told to end.
        guard !isClosed else {
            await process.stop(.spindown)
            throw FunctionExecutor.stopping
        }
        self.process = process
        let failure = await process.ready(within: limit - (.now - begin)).map {
            InvocationEnding($0, timeout: function.timeout, isOutOfMemory: process.isOutOfMemory)
        }
        let end = endInit(phase, failure, process.extensions.states, since: begin)
        if let failure {
            peakMemory = max(peakMemory, process.peakMemory)
            await stopProcess(failure.shutdownReason)
        } else {
            process.endInit()
        }
        return end
    }

    /// Tells the log of an init phase's end.
    private func endInit(
        _ phase: PlatformEvent.Phase, _ failure: InvocationEnding?, _ extensions: [PlatformEvent], since begin: ContinuousClock.Instant
    ) -> (failure: InvocationEnding?, milliseconds: Double) {
        let milliseconds = (ContinuousClock.now - begin) / .milliseconds(1)
        log.add(.initRuntimeDone(phase, failure?.status ?? .success))
        for state in extensions { log.add(state) }
        log.add(.initReport(phase, failure?.status ?? .success, milliseconds: milliseconds))
        return (failure, milliseconds)
    }

    /// Milliseconds that an invocation took. One that was ended for its time has had just that, whatever it took to notice.
    private func duration(_ measured: Double, _ ending: InvocationEnding) -> Double {
        if case .fault(.timeout) = ending { Double(function.timeout) * 1000 } else { measured }
    }

    /// Tells the log that the runtime has answered, or will not.
    private func answered(_ invocation: Invocation, _ ending: InvocationEnding, duration: Double, producedBytes: Int = 0) {
        let requestID = invocation.requestID
        // A response that the runtime did not stream is one piece.
        if case .response(let payload) = ending { _ = invocation.stream?.write(payload) }
        if let fault = ending.fault { log.add(fault.event(requestID)) }
        log.add(.runtimeDone(requestID: requestID, ending.status, milliseconds: duration, producedBytes: producedBytes))
    }

    /// Tells the log of an invocation's end and makes what its caller gets.
    private func end(
        _ requestID: String, _ ending: InvocationEnding, duration: Double, initDuration: Double? = nil, extensionsDuration: Double = 0
    ) -> InvocationResult {
        log.add(.end(requestID: requestID))
        let isOutOfMemory = ending.fault == .outOfMemory
        let metrics = InvocationMetrics(
            duration: duration, memorySize: function.memorySize, maxMemoryUsed: isOutOfMemory ? function.memorySize : peakMemory,
            initDuration: initDuration, extensionsDuration: extensionsDuration)
        log.add(.report(requestID: requestID, ending.fault?.status ?? .success, metrics))
        var result = InvocationResult(ending, requestID, logTail: log.tail)
        result.metrics = metrics
        return result
    }

    private func stopProcess(_ reason: ShutdownReason) async {
        await process?.stop(reason)
        process = nil
    }
}

/// An invocation whose runtime has answered while extensions are at work.
private struct UnsettledInvocation {
    var requestID: String
    var ending: InvocationEnding
    var answered: ContinuousClock.Instant
    var deadline: ContinuousClock.Instant
    /// Milliseconds to the answer.
    var duration: Double
    /// Milliseconds; on a cold start only.
    var initDuration: Double?
}
