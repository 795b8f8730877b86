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
        let invocation: Invocation
        let deadline: Date
        let asked = ContinuousClock.now
        var timer: Scheduled<Void>?
        /// When the runtime was given the event.
        var begin: ContinuousClock.Instant?
        var producedBytes = 0
        let completion: CheckedContinuation<Finish, Never>
    }

    /// An invocation's end.
    struct Finish: Sendable {
        var outcome: Outcome
        /// Since the runtime was given the event, or should have been.
        var duration: Duration
        /// Bytes of the response.
        var producedBytes: Int
        /// Whether the runtime ended before it was given the event.
        var hasLeftEvent: Bool
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
                state.current = Current(
                    invocation: invocation, deadline: Date(timeIntervalSinceNow: timeout / .seconds(1)), completion: continuation)
                let action = state.slot.begin(invocation.requestID)
                if case .refuse = action { return Slot.Action.complete(.exited(0)) }
                // A runtime that never asks for the event has no more time than one that has it.
                state.current?.timer = eventLoop.scheduleTask(in: TimeAmount(timeout)) { [weak self] in
                    guard let self else { return }
                    self.perform(self.state.withLock { $0.slot.expire(invocation.requestID) })
                }
                return action
            }
            perform(action)
        }
    }

    /// The runtime's process has ended, or what else there is in the sandbox has failed.
    func fail(_ outcome: Outcome) { perform(state.withLock { $0.slot.fail(outcome) }) }

    // MARK: What the runtime asks

    func poll(_ client: EnvironmentClient) {
        let action = state.withLock { $0.slot.poll(client) }
        if case .refuse(let refusal) = action { return client.refuse(refusal) }
        perform(action)
    }

    /// A connection is gone, and what the runtime asked on it will not be answered there.
    func lose(_ client: EnvironmentClient) { state.withLock { $0.slot.lose { $0.channel === client.channel } } }

    /// Nil where the answer is taken, else why not.
    func answer(_ requestID: String, _ outcome: Outcome) -> Slot.Refusal? {
        settle(
            state.withLock { state in
                let action = state.slot.answer(requestID, outcome)
                if case .complete(.response(let bytes)) = action { state.current?.producedBytes = bytes.count }
                return action
            })
    }

    func failInit(_ error: Slot.ReportedError) -> Slot.Refusal? { settle(state.withLock { $0.slot.failInit(error) }) }

    private func settle(_ action: Slot.Action) -> Slot.Refusal? {
        if case .refuse(let refusal) = action { return refusal }
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
            var hasLeftEvent = false
            if case .exited = outcome { hasLeftEvent = current.begin == nil }
            current.completion.resume(
                returning: Finish(
                    outcome: outcome, duration: .now - (current.begin ?? current.asked), producedBytes: current.producedBytes,
                    hasLeftEvent: hasLeftEvent))
        }
    }

    private func send(_ requestID: String, to client: EnvironmentClient) {
        let current = state.withLock { state in
            state.current?.begin = .now
            return state.current
        }
        guard let current else { return }
        client.send(.ok, Self.headers(current.invocation, current.deadline), current.invocation.payload)
    }

    private static func headers(_ invocation: Invocation, _ deadline: Date) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": invocation.requestID,
            "Lambda-Runtime-Invoked-Function-Arn": invocation.functionARN.description, "Lambda-Runtime-Trace-Id": invocation.traceID,
            "Lambda-Runtime-Deadline-Ms": String(Int64(deadline.timeIntervalSince1970 * 1000)),
        ]
        if let context = invocation.clientContext { headers.add(name: "Lambda-Runtime-Client-Context", value: context) }
        return headers
    }
}
