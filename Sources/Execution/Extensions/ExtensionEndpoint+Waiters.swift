import LambdaModel
import NIOCore
import Synchronization

extension ExtensionEndpoint {
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

        fileprivate func isOpen(_ state: State) -> Bool {
            switch self {
            case .registered: state.failure != nil || state.slots.areRegistered
            case .ready: state.failure != nil || state.slots.areReady
            case .runtimeExited: state.hasRuntimeExited
            case .exited: state.slots.haveExited
            }
        }

        /// Whether a failure is why it is open.
        fileprivate var tellsFailure: Bool {
            switch self {
            case .registered, .ready: true
            case .runtimeExited, .exited: false
            }
        }
    }

    struct Waiter {
        var gate: Gate
        var timer: Scheduled<Void>
        var continuation: CheckedContinuation<Outcome?, Never>
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

    /// Changes the state and wakes those whose wait is over.
    func update<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
        let (result, over) = state.withLock { state in
            let result = change(&state)
            var over: [(Waiter, Outcome?)] = []
            for (number, waiter) in state.waiters where waiter.gate.isOpen(state) {
                over.append((waiter, waiter.gate.tellsFailure ? state.failure : nil))
                state.waiters[number] = nil
            }
            return (result, over)
        }
        for (waiter, outcome) in over {
            waiter.timer.cancel()
            waiter.continuation.resume(returning: outcome)
        }
        return result
    }

    private func expire(_ number: Int) {
        state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(returning: .timedOut)
    }
}
