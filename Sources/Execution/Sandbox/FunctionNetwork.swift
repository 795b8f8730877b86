/// What a function reaches beside its Runtime API.
public enum FunctionNetwork: String, Sendable, CaseIterable {
    /// The machine's own network, with all that listens at its loopback.
    case host
    /// Only its own loopback.
    case none
    /// What this machine reaches, but never the machine's loopback.
    case nat
}

/// What a function's share of the processors means.
public enum FunctionProcessors: String, Sendable, CaseIterable {
    /// That much at least when others want to run too.
    case share
    /// That much at most, as on Lambda.
    case quota
}
