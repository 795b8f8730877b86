import Foundation
import LambdaModel
import NIOCore
import NIOHTTP1
import Synchronization

/// What one runtime is asked and answers: its init phase, and the invocation that is under way.
final class RuntimeEndpoint: Sendable {
    typealias Slot = RuntimeSlot<EnvironmentClient>
    typealias Outcome = Slot.Outcome

    struct State {
        var slot = Slot()
        var current: Current?
        /// How the init phase ended: nil within for a runtime that is ready.
        var initEnd: Outcome??
        var initWaiter: CheckedContinuation<Outcome?, Never>?
    }

    /// The invocation that is under way.
    struct Current {
        var invocation: Invocation
        var timeout: TimeAmount
        var timer: Scheduled<Void>?
        var begin: ContinuousClock.Instant?
        var producedBytes = 0
        var completion: CheckedContinuation<Finish, Never>
    }

    /// An invocation's end.
    struct Finish: Sendable {
        var outcome: Outcome
        /// When the runtime was given the event; nil where it never was.
        var begin: ContinuousClock.Instant?
        var end: ContinuousClock.Instant
        /// Bytes of the response.
        var producedBytes: Int

        /// Whether the runtime ended before it was given the event.
        var hasLeftEvent: Bool {
            if case .exited = outcome { begin == nil } else { false }
        }
    }

    private let eventLoop: any EventLoop
    let state = Mutex(State())

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Waits for the end of the init phase: nil once the runtime asks for an invocation, else how it ended.
    func ready(within limit: Duration) async -> Outcome? {
        let timer = eventLoop.scheduleTask(in: TimeAmount(limit)) { [weak self] in
            guard let self else { return }
            self.perform(self.state.withLock { $0.slot.expireInit() })
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let known: Outcome?? = state.withLock { state in
                if state.initEnd == nil { state.initWaiter = continuation }
                return state.initEnd
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Whether the runtime has ended since its init phase.
    var hasEnded: Bool { state.withLock { $0.slot.end != nil } }

    /// Runs one invocation to its end; the runtime must be ready.
    func invoke(_ invocation: Invocation, timeout: Duration) async -> Finish {
        await withCheckedContinuation { continuation in
            let action = state.withLock { state in
                state.current = Current(invocation: invocation, timeout: TimeAmount(timeout), completion: continuation)
                return state.slot.begin(invocation.requestID)
            }
            if case .refuse = action { return perform(.complete(.exited(0))) }
            perform(action)
        }
    }

    /// The runtime's process has ended, or what else there is in the sandbox has failed.
    func fail(_ outcome: Outcome) { perform(state.withLock { $0.slot.fail(outcome) }) }

    // MARK: What the runtime asks

    func poll(_ client: EnvironmentClient) {
        let action = state.withLock { $0.slot.poll(client) }
        if case .refuse(let reason) = action { return client.refuse("InvalidStateTransition", reason) }
        perform(action)
    }

    /// Nil where the answer is taken, else why not.
    func answer(_ requestID: String, _ outcome: Outcome) -> String? {
        settle(
            state.withLock { state in
                if case .response(let bytes) = outcome { state.current?.producedBytes = bytes.count }
                return state.slot.answer(requestID, outcome)
            })
    }

    func failInit(_ body: [UInt8]) -> String? { settle(state.withLock { $0.slot.failInit(body) }) }

    private func settle(_ action: Slot.Action) -> String? {
        if case .refuse(let reason) = action { return reason }
        perform(action)
        return nil
    }

    private func perform(_ action: Slot.Action) {
        switch action {
        case .none, .refuse: break
        case .initialized(let end):
            let waiter = state.withLock { state in
                state.initEnd = .some(end)
                defer { state.initWaiter = nil }
                return state.initWaiter
            }
            waiter?.resume(returning: end)
        case .send(let requestID, let client): send(requestID, to: client)
        case .complete(let outcome):
            let current = state.withLock { state in
                defer { state.current = nil }
                return state.current
            }
            guard let current else { return }
            current.timer?.cancel()
            current.completion.resume(
                returning: Finish(outcome: outcome, begin: current.begin, end: .now, producedBytes: current.producedBytes))
        }
    }

    private func send(_ requestID: String, to client: EnvironmentClient) {
        let current = state.withLock { state in
            state.current?.begin = .now
            guard let timeout = state.current?.timeout else { return state.current }
            state.current?.timer = eventLoop.scheduleTask(in: timeout) { [weak self] in
                guard let self else { return }
                self.perform(self.state.withLock { $0.slot.expire(requestID) })
            }
            return state.current
        }
        guard let current else { return }
        client.send(.ok, Self.headers(current.invocation, current.timeout), current.invocation.payload)
    }

    private static func headers(_ invocation: Invocation, _ timeout: TimeAmount) -> HTTPHeaders {
        let deadline = Int64(Date().timeIntervalSince1970 * 1000) + timeout.nanoseconds / 1_000_000
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": invocation.requestID,
            "Lambda-Runtime-Invoked-Function-Arn": invocation.functionARN.description, "Lambda-Runtime-Trace-Id": invocation.traceID,
            "Lambda-Runtime-Deadline-Ms": String(deadline),
        ]
        if let context = invocation.clientContext { headers.add(name: "Lambda-Runtime-Client-Context", value: context) }
        return headers
    }
}
