/// What a function's share of the processors means.
public enum FunctionProcessors: String, Sendable, CaseIterable {
    /// That much at least when others want to run too.
    case share
    /// That much at most, as on Lambda.
    case quota
}
