import Foundation
import LambdaModel

/// The extensions of one sandbox at the Extensions API: who registered for what, and what each is at. No I/O.
///
/// `Poll` stands for an extension's open request for its next event.
struct ExtensionSlots<Poll> {
    enum State {
        case started
        case registered
        /// It waits for an event.
        case ready(Poll)
        /// It has got an event and not asked for another.
        case running
        case initError, exitError
    }

    struct Slot {
        let name: String
        /// What the extension sends as `Lambda-Extension-Identifier`.
        let id = RandomID.make()
        let isExternal: Bool
        var state = State.started
        var events: [LifecycleEvent] = []
        /// What the extension says of its failure.
        var errorType: String?
        var hasExited = false

        var isReady: Bool {
            if case .ready = state { true } else { false }
        }
    }

    /// The extensions' own error, told by `init/error` or `exit/error`.
    enum ReportedError: String {
        case initialization = "Extension.InitError"
        case exit = "Extension.ExitError"
    }

    private(set) var slots: [Slot]
    /// The first error that an extension told of: the type of the failure that its end is.
    private(set) var reportedError: ReportedError?
    private var isRegistrationOpen = true
    private var isShuttingDown = false

    /// - Parameter names: Of the external extensions.
    init(external names: [String]) { slots = names.map { Slot(name: $0, isExternal: true) } }

    // MARK: What is waited for

    /// Whether every external extension has registered.
    var areRegistered: Bool {
        slots.allSatisfy { slot in
            if case .started = slot.state { false } else { true }
        }
    }

    /// Whether every extension has asked for its next event.
    var areReady: Bool { slots.allSatisfy(\.isReady) }

    /// Whether all processes are gone that were to be told of the shutdown.
    var haveExited: Bool { slots.allSatisfy { !$0.isExternal || !$0.events.contains(.shutdown) || $0.hasExited } }

    func name(of id: String) -> String? { slots.first { $0.id == id }?.name }

    // MARK: What extensions ask

    /// Gives the identifier.
    mutating func register(_ name: String, _ events: [String]) -> Result<String, ExtensionRefusal> {
        let external = slots.firstIndex { $0.isExternal && $0.name == name }
        var known: [LifecycleEvent] = []
        for text in events {
            guard let event = LifecycleEvent(rawValue: text) else { return .failure(.invalidEvent(text, "ErrorInvalidEventType")) }
            guard external != nil || event != .shutdown else {
                return .failure(.invalidEvent(text, "ShutdownEventNotSupportedForInternalExtension"))
            }
            if !known.contains(event) { known.append(event) }
        }
        if let external { return registerExternal(external, known) }
        guard isRegistrationOpen else { return .failure(.registrationClosed) }
        guard slots.count < Limits.extensions else { return .failure(.tooMany) }
        guard !slots.contains(where: { $0.name == name }) else { return .failure(.nameTaken) }
        slots.append(Slot(name: name, isExternal: false, state: .registered, events: known))
        return .success(slots[slots.count - 1].id)
    }

    private mutating func registerExternal(_ index: Int, _ events: [LifecycleEvent]) -> Result<String, ExtensionRefusal> {
        guard case .started = slots[index].state else { return .failure(refusal(index, "Registered", slots[index].name)) }
        slots[index].state = .registered
        slots[index].events = events
        return .success(slots[index].id)
    }

    /// No one registers any more.
    mutating func closeRegistration() { isRegistrationOpen = false }

    /// An extension asks for its next event; gives whether that is the shutdown, which goes to it at once.
    mutating func poll(_ id: String, _ poll: Poll) -> Result<Bool, ExtensionRefusal> {
        guard let index = slots.firstIndex(where: { $0.id == id }) else { return .failure(.unknown(id)) }
        switch slots[index].state {
        case .registered, .running: break
        default: return .failure(refusal(index, "Ready", id))
        }
        guard isShuttingDown, slots[index].events.contains(.shutdown) else {
            slots[index].state = .ready(poll)
            return .success(false)
        }
        slots[index].state = .running
        return .success(true)
    }

    /// An extension tells of an error of its own; nil where that is taken. Of several it is the first that counts.
    mutating func report(_ error: ReportedError, _ errorType: String, from id: String) -> ExtensionRefusal? {
        guard let index = slots.firstIndex(where: { $0.id == id }) else { return .unknownIdentifier }
        switch (error, slots[index].state) {
        case (.initialization, .initError), (.exit, .exitError): return nil
        case (.initialization, .registered): slots[index].state = .initError
        case (.initialization, _): return refusal(index, "InitError", id)
        case (.exit, .registered), (.exit, .ready), (.exit, .running): slots[index].state = .exitError
        case (.exit, _): return refusal(index, "Exited", id)
        }
        slots[index].errorType = errorType
        reportedError = reportedError ?? error
        return nil
    }

    private func refusal(_ index: Int, _ wanted: String, _ who: String) -> ExtensionRefusal {
        .invalidState(from: slots[index].state.name, to: wanted, who)
    }

    // MARK: What happens to them

    /// Takes the requests that an invocation's event answers.
    mutating func beginInvocation() -> [Poll] { send(.invoke) }

    /// Takes the requests that the shutdown's event answers; who is at work gets it with the next one.
    mutating func beginShutdown() -> [Poll] {
        isShuttingDown = true
        return send(.shutdown)
    }

    private mutating func send(_ event: LifecycleEvent) -> [Poll] {
        var polls: [Poll] = []
        for (index, slot) in slots.enumerated() where slot.events.contains(event) {
            guard case .ready(let poll) = slot.state else { continue }
            slots[index].state = .running
            polls.append(poll)
        }
        return polls
    }

    /// All processes are gone.
    mutating func exitAll() {
        for index in slots.indices { slots[index].hasExited = true }
    }

    /// A process has ended; gives the type of the failure that this is, and nil where it had been told to end.
    ///
    /// - Parameter number: Of the external extension.
    mutating func exit(_ number: Int) -> String? {
        slots[number].hasExited = true
        return isShuttingDown ? nil : reportedError?.rawValue ?? "Extension.Crash"
    }
}
