/// What a function reaches beside its Runtime API.
public enum FunctionNetwork: String, Sendable, CaseIterable {
    /// The machine's own network, with all that listens at its loopback.
    case host
    /// Only its own loopback.
    case none
    /// What this machine reaches, but never the machine's loopback.
    case nat
}
