extension ExtensionSlots.State {
    /// AWS's word for it.
    var name: String {
        switch self {
        case .started: "Started"
        case .registered: "Registered"
        case .ready: "Ready"
        case .running: "Running"
        case .initError: "InitError"
        case .exitError: "ExitError"
        }
    }
}

extension ExtensionSlots {
    /// What the log tells of each at the end of the init phase.
    var states: [PlatformEvent] {
        slots.map { slot in
            .extensionState(name: slot.name, state: slot.state.name, events: slot.events.map(\.rawValue), errorType: slot.errorType)
        }
    }
}
