import Foundation
import LambdaModel
import NIOCore
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

extension SandboxProcess {
    /// Runs the init phase: nil once the runtime and all extensions ask for an event, else how it ended.
    ///
    /// The runtime starts when the external extensions have registered (AWS: "Init phase").
    func ready(within limit: Duration) async -> RuntimeEndpoint.Outcome? {
        let end = ContinuousClock.now + limit
        if let launcher {
            if let failure = await extensions.wait(for: .registered, within: limit) { return failure }
            launcher.startRuntime()
        }
        if let failure = await endpoint.ready(within: end - .now) { return failure }
        extensions.closeRegistration()
        let failure = await extensions.wait(for: .ready, within: end - .now)
        telemetry.close()
        return failure
    }

    /// How often the memory of a long invocation is looked at: what ends before its answer counts too, if it lasted as long.
    private static let memoryInterval = TimeAmount.milliseconds(200)

    /// What takes less has hardly used up memory.
    private static let shortest = Duration.milliseconds(10)

    /// Runs one invocation to the runtime's answer.
    func invoke(_ invocation: Invocation, timeout: Duration) async -> RuntimeEndpoint.Finish {
        extensions.begin(invocation, limit: timeout)
        let looks = eventLoop.scheduleRepeatedTask(initialDelay: Self.memoryInterval, delay: Self.memoryInterval) { [memory] _ in
            _ = memory.highest()
        }
        defer { looks.cancel() }
        let finish = await endpoint.invoke(invocation, timeout: timeout)
        // A child that was killed for the limit had reached it.
        if finish.duration > Self.shortest, isOutOfMemory { memory.raise(to: memoryLimit) }
        return finish
    }

    /// Takes what the launcher tells of its processes.
    func take(_ report: ExtensionLauncher.Report) {
        switch report {
        case .runtimeStarted(let number): runtimeNumber.withLock { $0 = number }
        case .runtimeExited(let status): endpoint.fail(extensions.runtimeExit(status))
        case .extensionExited(let number, let status):
            if let failure = extensions.exit(number, status) { endpoint.fail(failure) }
        }
    }

    /// How long the shutdown waits until extensions have got what there is to tell them.
    private static let telemetryTime = Duration.milliseconds(200)

    /// Lets the runtime end, then the extensions, within the time that AWS gives them.
    func shutDown(_ reason: ShutdownReason) async {
        guard let limits = extensions.shutdownLimits else { return }
        let end = ContinuousClock.now + limits.all
        extensions.prepareShutdown()
        if launcher == nil { await flush(by: end) }
        if let runtime {
            kill(runtime, SIGTERM)
            if await extensions.wait(for: .runtimeExited, within: min(limits.runtime, end - .now)) != nil { kill(runtime, SIGKILL) }
        }
        guard launcher != nil else { return }
        await flush(by: end)
        extensions.shutDown(reason, within: end - .now)
        _ = await extensions.wait(for: .exited, within: end - .now)
    }

    /// Sends extensions what there is to tell them, with all that was written up to now.
    private func flush(by end: ContinuousClock.Instant) async {
        sandbox.log.drain()
        await telemetry.flush(within: min(Self.telemetryTime, end - .now))
    }

    /// The runtime's process, seen from here, while there is one.
    private var runtime: pid_t? {
        let first = ProcessFile.children(of: sandbox.child).first
        guard launcher != nil else { return first }
        guard let first, let number = runtimeNumber.withLock({ $0 }) else { return nil }
        return ProcessFile.children(of: first).first { ProcessFile.innermostNumber(of: $0) == number }
    }
}
