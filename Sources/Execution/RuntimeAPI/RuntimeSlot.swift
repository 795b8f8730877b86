/// The state of one runtime at the Runtime API: what it waits for, and what is waited for from it. No I/O.
///
/// `Poll` stands for an open request of the runtime for its next invocation.
struct RuntimeSlot<Poll> {
    /// How an invocation came to its end.
    enum Outcome: Equatable {
        case response([UInt8])
        /// The response went to the caller as it came; the error that came behind it.
        case streamed(error: ReportedError?)
        case error(ReportedError)
        /// The runtime told of an error in its init phase.
        case initError(ReportedError)
        case timedOut
        /// The process ended, with the status that a shell would show.
        case exited(Int)
        /// An extension has failed, and the runtime is of no use without it.
        case extensionFailure(errorType: String, reason: String)
    }

    /// What a runtime tells of an error.
    struct ReportedError: Equatable {
        var type: String
        /// The runtime's JSON, for the caller.
        var body: [UInt8]
    }

    /// Why a request of the runtime is refused.
    enum Refusal: Equatable {
        /// It does not fit the state.
        case state(String)
        /// It answers an invocation that is not under way.
        case requestID
    }

    private enum State {
        /// The runtime has not asked for an invocation yet.
        case starting
        /// It has answered one and not asked for another; one may be waiting for it to.
        case finishing(waiting: String?)
        case polling(Poll)
        case running(String)
        case ended(Outcome)
    }

    /// What the owner has to do.
    enum Action {
        case none
        /// The init phase is over: nil where the runtime is ready.
        case initialized(Outcome?)
        /// Send the invocation that waits to the runtime.
        case send(String, to: Poll)
        case complete(Outcome)
        case refuse(Refusal)
    }

    private var state = State.starting

    /// How the runtime ended, if it has.
    var end: Outcome? {
        if case .ended(let outcome) = state { outcome } else { nil }
    }

    /// Begins an invocation, which waits until the runtime asks for it.
    mutating func begin(_ requestID: String) -> Action {
        switch state {
        case .polling(let poll):
            state = .running(requestID)
            return .send(requestID, to: poll)
        case .finishing(waiting: nil):
            state = .finishing(waiting: requestID)
            return .none
        case .ended(let outcome): return .complete(outcome)
        case .starting, .finishing, .running: return .refuse(.state("the runtime takes one invocation at a time"))
        }
    }

    /// The runtime asks for its next invocation.
    mutating func poll(_ poll: Poll) -> Action {
        switch state {
        case .starting:
            state = .polling(poll)
            return .initialized(nil)
        case .finishing(waiting: .some(let requestID)):
            state = .running(requestID)
            return .send(requestID, to: poll)
        // A client whose connection broke asks again.
        case .finishing(waiting: nil), .polling:
            state = .polling(poll)
            return .none
        case .running: return .refuse(.state("the invocation is not answered yet"))
        case .ended: return .refuse(.state("the runtime has failed"))
        }
    }

    /// The connection of a poll is gone.
    mutating func lose(where isLost: (Poll) -> Bool) {
        if case .polling(let poll) = state, isLost(poll) { state = .finishing(waiting: nil) }
    }

    /// Whether the runtime may answer this invocation now.
    func isRunning(_ requestID: String) -> Bool {
        if case .running(requestID) = state { true } else { false }
    }

    /// The runtime answers an invocation.
    mutating func answer(_ requestID: String, _ outcome: Outcome) -> Action {
        guard isRunning(requestID) else { return .refuse(.requestID) }
        state = .finishing(waiting: nil)
        return .complete(outcome)
    }

    /// The runtime tells of an error in its init phase.
    mutating func failInit(_ error: ReportedError) -> Action {
        guard case .starting = state else { return .refuse(.state("the init phase is over")) }
        state = .ended(.initError(error))
        return .initialized(.initError(error))
    }

    /// The time of the init phase is over.
    mutating func expireInit() -> Action {
        guard case .starting = state else { return .none }
        return end(.timedOut)
    }

    /// The time of an invocation is over.
    mutating func expire(_ requestID: String) -> Action {
        switch state {
        case .running(requestID), .finishing(waiting: .some(requestID)): end(.timedOut)
        default: .none
        }
    }

    /// The process has ended, or what else there is in the sandbox has failed.
    mutating func fail(_ outcome: Outcome) -> Action { end(outcome) }

    private mutating func end(_ outcome: Outcome) -> Action {
        let before = state
        switch before {
        case .ended: return .none
        case .starting:
            state = .ended(outcome)
            return .initialized(outcome)
        case .finishing(waiting: .some), .running:
            state = .ended(outcome)
            return .complete(outcome)
        case .finishing(waiting: nil), .polling:
            state = .ended(outcome)
            return .none
        }
    }
}
