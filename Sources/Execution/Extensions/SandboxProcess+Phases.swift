import Foundation
import LambdaModel
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
        let failure = await extensions.areReady ? nil : extensions.wait(for: .ready, within: end - .now)
        telemetry.close()
        return failure
    }

    /// Runs one invocation to the runtime's answer.
    func invoke(_ invocation: Invocation, timeout: Duration) async -> RuntimeEndpoint.Finish {
        extensions.begin(invocation, limit: timeout)
        return await endpoint.invoke(invocation, timeout: timeout)
    }

    /// Takes what the launcher tells of its processes.
    func take(_ report: ExtensionLauncher.Report) {
        switch report {
        case .runtimeStarted(let number): runtimeNumber.withLock { $0 = number }
        case .runtimeExited(let status):
            endpoint.exit(status)
            extensions.runtimeExit(status)
        case .extensionExited(let number, let status):
            // A shell's word for what it cannot start; a script's own programs may be missing too.
            let wasStarted = extensions.external[number].interpreter != nil || ![126, 127].contains(status)
            if let failure = extensions.exit(number, status, wasStarted: wasStarted) { endpoint.fail(failure) }
        case .extensionLost(let number):
            if let failure = extensions.exit(number, 127, wasStarted: false) { endpoint.fail(failure) }
        }
    }

    /// How long the shutdown waits until extensions have got what there is to tell them.
    private static let telemetryTime = Duration.milliseconds(200)

    /// Lets the runtime end, then the extensions, within the time that AWS gives them.
    func shutDown(_ reason: ShutdownReason) async {
        guard let limits = extensions.shutdownLimits else { return }
        let end = ContinuousClock.now + limits.all
        extensions.prepareShutdown()
        if launcher == nil { await telemetry.flush(within: Self.telemetryTime) }
        if let runtime {
            kill(runtime, SIGTERM)
            if await extensions.wait(for: .runtimeExited, within: limits.runtime) != nil { kill(runtime, SIGKILL) }
        }
        guard launcher != nil else { return }
        await telemetry.flush(within: Self.telemetryTime)
        extensions.shutDown(reason, within: end - .now)
        _ = await extensions.wait(for: .exited, within: end - .now)
    }

    /// The runtime's process, seen from here, while there is one.
    private var runtime: pid_t? {
        let first = ProcessFile.children(of: sandbox.child).first
        guard launcher != nil else { return first }
        guard let first, let number = runtimeNumber.withLock({ $0 }) else { return nil }
        return ProcessFile.children(of: first).first { ProcessFile.innermostNumber(of: $0) == number }
    }
}
