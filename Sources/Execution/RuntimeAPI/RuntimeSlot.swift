/// The state of one runtime at the Runtime API: what it waits for, and what is waited for from it. No I/O.
///
/// `Poll` stands for an open request of the runtime for its next invocation.
struct RuntimeSlot<Poll> {
    /// How an invocation came to its end.
    enum Outcome: Equatable {
        case response([UInt8])
        case error([UInt8])
        /// The runtime told of an error in its init phase.
        case initError([UInt8])
        case timedOut
        /// The process ended, with the status that a shell would show.
        case exited(Int)
    }

    private enum State {
        /// The runtime has not asked for an invocation yet; one may be waiting for it to.
        case starting(waiting: String?)
        case polling(Poll)
        case running(String)
        case ended(Outcome)
    }

    /// What the owner has to do.
    enum Action {
        case none
        /// Send the invocation that waits to the runtime.
        case send(String, to: Poll)
        case complete(Outcome)
        /// The runtime's request does not fit the state: 403 with this text.
        case refuse(String)
    }

    private var state = State.starting(waiting: nil)

    /// Begins an invocation, which waits until the runtime asks for it.
    mutating func begin(_ requestID: String) -> Action {
        switch state {
        case .starting:
            state = .starting(waiting: requestID)
            return .none
        case .polling(let poll):
            state = .running(requestID)
            return .send(requestID, to: poll)
        case .ended(let outcome): return .complete(outcome)
        case .running: return .complete(.exited(0))
        }
    }

    /// The runtime asks for its next invocation.
    mutating func poll(_ poll: Poll) -> Action {
        switch state {
        case .starting(waiting: .some(let requestID)):
            state = .running(requestID)
            return .send(requestID, to: poll)
        // A client whose connection broke asks again.
        case .starting(waiting: nil), .polling:
            state = .polling(poll)
            return .none
        case .running: return .refuse("the invocation is not answered yet")
        case .ended: return .refuse("the runtime has failed")
        }
    }

    /// The runtime answers an invocation.
    mutating func answer(_ requestID: String, _ outcome: Outcome) -> Action {
        guard case .running(let current) = state, current == requestID else { return .refuse("there is no invocation \(requestID)") }
        state = .starting(waiting: nil)
        return .complete(outcome)
    }

    /// The runtime tells of an error in its init phase.
    mutating func failInit(_ body: [UInt8]) -> Action {
        guard case .starting(let waiting) = state else { return .refuse("the init phase is over") }
        state = .ended(.initError(body))
        return waiting == nil ? .none : .complete(.initError(body))
    }

    /// The time of an invocation is over.
    mutating func expire(_ requestID: String) -> Action {
        switch state {
        case .running(requestID), .starting(waiting: .some(requestID)): end(.timedOut)
        default: .none
        }
    }

    /// The process has ended.
    mutating func exit(_ status: Int) -> Action { end(.exited(status)) }

    private mutating func end(_ outcome: Outcome) -> Action {
        let before = state
        switch before {
        case .ended: return .none
        case .starting(waiting: .some), .running:
            state = .ended(outcome)
            return .complete(outcome)
        case .starting(waiting: nil), .polling:
            state = .ended(outcome)
            return .none
        }
    }
}
