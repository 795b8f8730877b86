import Foundation
import LambdaModel
import NIOCore
import NIOHTTP1
import Synchronization

/// What one sandbox's extensions are asked and answer.
final class ExtensionEndpoint: Sendable {
    typealias Slots = ExtensionSlots<EnvironmentClient>
    typealias Outcome = RuntimeEndpoint.Outcome

    struct State {
        var slots: Slots
        var hasRuntimeExited = false
        /// What ended the sandbox's work.
        var failure: Outcome?
        /// The shutdown's event, once it has begun.
        var shutdown: [UInt8]?
        var waiters: [Int: Waiter] = [:]
        var waiterCount = 0
    }

    let external: [ExternalExtension]
    let eventLoop: any EventLoop
    let state: Mutex<State>

    init(_ external: [ExternalExtension], eventLoop: any EventLoop) {
        self.external = external
        self.eventLoop = eventLoop
        state = Mutex(State(slots: Slots(external: external.map(\.name))))
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

    /// The runtime's process has ended; gives how, in which an error that an extension told of comes first.
    func runtimeExit(_ status: Int) -> Outcome { update { $0.endRuntime(status) } }

    /// All processes of the sandbox have ended; gives how, as ``runtimeExit(_:)`` does.
    func exitAll(_ status: Int) -> Outcome {
        update { state in
            state.slots.exitAll()
            return state.endRuntime(status)
        }
    }

    /// An external extension's process has ended; gives the failure that this is.
    func exit(_ number: Int, _ status: Int) -> Outcome? {
        update { state in
            guard let errorType = state.slots.exit(number) else { return nil }
            let outcome = Outcome.extensionFailure(errorType: errorType, reason: InvocationFault.exitText(status) ?? "exit code 0")
            state.failure = state.failure ?? outcome
            return outcome
        }
    }

    // MARK: What extensions ask

    func register(_ name: String, _ events: [String]) -> Result<String, ExtensionRefusal> {
        update { $0.slots.register(name, events) }
    }

    func poll(_ id: String, _ client: EnvironmentClient) {
        let (result, shutdown) = update { ($0.slots.poll(id, client), $0.shutdown) }
        switch result {
        case .success(let isShutdown): if isShutdown, let shutdown { client.send(event: shutdown) }
        case .failure(let refusal): client.refuse(refusal)
        }
    }

    func report(_ error: Slots.ReportedError, _ errorType: String, from id: String) -> ExtensionRefusal? {
        state.withLock { $0.slots.report(error, errorType, from: id) }
    }

    func name(of id: String) -> String? { state.withLock { $0.slots.name(of: id) } }
}

extension ExtensionEndpoint.State {
    fileprivate mutating func endRuntime(_ status: Int) -> ExtensionEndpoint.Outcome {
        hasRuntimeExited = true
        let outcome =
            slots.reportedError.map {
                ExtensionEndpoint.Outcome.extensionFailure(errorType: $0.rawValue, reason: InvocationFault.exit(status).reason)
            } ?? .exited(status)
        failure = failure ?? outcome
        return outcome
    }
}

extension EnvironmentClient {
    /// A lifecycle event's JSON, and the identifier that AWS sends with it.
    fileprivate func send(event: [UInt8]) {
        send(.ok, ["Content-Type": "application/json", "Lambda-Extension-Event-Identifier": RandomID.make()], event)
    }

    func refuse(_ refusal: ExtensionRefusal) { refuse(refusal.errorType, refusal.message) }
}
