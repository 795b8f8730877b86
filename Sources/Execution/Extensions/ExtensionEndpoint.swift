import Foundation
import LambdaModel
import NIOCore
import NIOHTTP1
import Synchronization

/// What one sandbox's extensions are asked and answer.
final class ExtensionEndpoint: Sendable {
    typealias Slots = ExtensionSlots<EnvironmentClient>
    typealias Outcome = RuntimeEndpoint.Outcome

    /// What there is to wait for.
    enum Gate: Sendable {
        /// Every external extension has registered.
        case registered
        /// Every extension has asked for its next event.
        case ready
        /// The runtime's process has ended.
        case runtimeExited
        /// Those that were told of the shutdown have ended.
        case exited
    }

    private struct State {
        var slots: Slots
        var hasRuntimeExited = false
        /// What ended the sandbox's work.
        var failure: Outcome?
        /// The shutdown's event, once it has begun.
        var shutdown: [UInt8]?
        var waiters: [Int: Waiter] = [:]
        var waiterCount = 0
    }

    private struct Waiter {
        var gate: Gate
        var timer: Scheduled<Void>
        var continuation: CheckedContinuation<Outcome?, Never>
    }

    let external: [ExternalExtension]
    private let eventLoop: any EventLoop
    private let state: Mutex<State>

    init(_ external: [ExternalExtension], eventLoop: any EventLoop) {
        self.external = external
        self.eventLoop = eventLoop
        state = Mutex(State(slots: Slots(external: external.map(\.name))))
    }

    /// Waits for a gate: nil once it is open, else why it will not be.
    func wait(for gate: Gate, within limit: Duration) async -> Outcome? {
        await withCheckedContinuation { continuation in
            update { state in
                state.waiterCount += 1
                let number = state.waiterCount
                let timer = eventLoop.scheduleTask(in: TimeAmount(limit)) { [weak self] in
                    guard let self else { return }
                    self.expire(number)
                }
                state.waiters[number] = Waiter(gate: gate, timer: timer, continuation: continuation)
            }
        }
    }

    /// Whether extensions are at work behind an invocation.
    var areReady: Bool { state.withLock { $0.slots.areReady } }

    /// How long the shutdown may take: the runtime's part, and all of it (AWS: "Shutdown phase").
    var shutdownLimits: (runtime: Duration, all: Duration)? {
        state.withLock { state in
            let hasInternal = state.slots.slots.contains { !$0.isExternal }
            if external.isEmpty { return hasInternal ? (.milliseconds(500), .milliseconds(500)) : nil }
            return (.milliseconds(hasInternal ? 500 : 300), .milliseconds(2000))
        }
    }

    /// What the log tells of each at the end of the init phase.
    var states: [PlatformEvent] { state.withLock { $0.slots.states } }

    func closeRegistration() { state.withLock { $0.slots.closeRegistration() } }

    /// Sends an invocation's event to those who registered for it.
    func begin(_ invocation: Invocation, limit: Duration) {
        let polls = state.withLock { $0.slots.beginInvocation() }
        guard !polls.isEmpty else { return }
        let message = LifecycleMessage.invoke(invocation, deadline: Date(timeIntervalSinceNow: limit / .seconds(1)))
        for client in polls { client.send(event: message) }
    }

    /// From now on it is no failure that processes end, and no one waits for them to be ready.
    func prepareShutdown() { update { $0.failure = $0.failure ?? .exited(0) } }

    /// Sends the shutdown's event to those who registered for it, now or when they ask.
    func shutDown(_ reason: ShutdownReason, within limit: Duration) {
        let message = LifecycleMessage.shutdown(reason, deadline: Date(timeIntervalSinceNow: limit / .seconds(1)))
        let polls = state.withLock { state in
            state.shutdown = state.shutdown ?? message
            return state.slots.beginShutdown()
        }
        for client in polls { client.send(event: message) }
    }

    /// The runtime's process has ended.
    func runtimeExit(_ status: Int) {
        update { state in
            state.hasRuntimeExited = true
            state.failure = state.failure ?? .exited(status)
        }
    }

    /// All processes of the sandbox have ended.
    func exitAll(_ status: Int) {
        update { $0.slots.exitAll() }
        runtimeExit(status)
    }

    /// An external extension's process has ended; gives the failure that this is.
    ///
    /// - Parameter wasStarted: False where the system could not start it.
    func exit(_ number: Int, _ status: Int, wasStarted: Bool) -> Outcome? {
        var outcome: Outcome?
        update { state in
            guard let errorType = state.slots.exit(number, wasStarted: wasStarted) else { return }
            let reason = errorType == "Extension.LaunchError" ? "fork/exec \(external[number].path): no such file or directory" : nil
            outcome = .extensionFailure(errorType: errorType, reason: reason ?? InvocationFault.exitText(status) ?? "exit code 0")
            state.failure = state.failure ?? outcome
        }
        return outcome
    }

    // MARK: What extensions ask

    func register(_ name: String, _ events: [String]) -> Result<String, ExtensionRefusal> {
        var result = Result<String, ExtensionRefusal>.failure(.registrationClosed)
        update { result = $0.slots.register(name, events) }
        return result
    }

    func poll(_ id: String, _ client: EnvironmentClient) {
        var answer: [UInt8]?
        var refusal: ExtensionRefusal?
        update { state in
            switch state.slots.poll(id, client) {
            case .success(let isShutdown): answer = isShutdown ? state.shutdown : nil
            case .failure(let reason): refusal = reason
            }
        }
        if let answer { client.send(event: answer) }
        if let refusal { client.refuse(refusal) }
    }

    func report(_ error: Slots.ReportedError, _ errorType: String, from id: String) -> ExtensionRefusal? {
        state.withLock { $0.slots.report(error, errorType, from: id) }
    }

    func name(of id: String) -> String? { state.withLock { $0.slots.name(of: id) } }

    // MARK: Waiters

    /// Changes the state and wakes those whose wait is over.
    private func update(_ change: (inout State) -> Void) {
        let over = state.withLock { state in
            change(&state)
            var over: [(Waiter, Outcome?)] = []
            for (number, waiter) in state.waiters where Self.isOver(waiter.gate, state) {
                over.append((waiter, [.exited, .runtimeExited].contains(waiter.gate) ? nil : state.failure))
                state.waiters[number] = nil
            }
            return over
        }
        for (waiter, outcome) in over {
            waiter.timer.cancel()
            waiter.continuation.resume(returning: outcome)
        }
    }

    private static func isOver(_ gate: Gate, _ state: State) -> Bool {
        switch gate {
        case .registered: state.failure != nil || state.slots.areRegistered
        case .ready: state.failure != nil || state.slots.areReady
        case .runtimeExited: state.hasRuntimeExited
        case .exited: state.slots.haveExited
        }
    }

    private func expire(_ number: Int) {
        state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(returning: .timedOut)
    }
}

extension EnvironmentClient {
    /// A lifecycle event's JSON, and the identifier that AWS sends with it.
    fileprivate func send(event: [UInt8]) {
        send(.ok, ["Content-Type": "application/json", "Lambda-Extension-Event-Identifier": RandomID.make()], event)
    }

    func refuse(_ refusal: ExtensionRefusal) { refuse(refusal.errorType, refusal.message) }
}
