/// The figures of a REPORT line.
public struct InvocationMetrics: Sendable, Hashable {
    /// Milliseconds.
    public var duration: Double
    /// MiB.
    public var memorySize: Int
    /// MiB.
    public var maxMemoryUsed: Int
    /// Milliseconds; on a cold start only.
    public var initDuration: Double?

    /// Milliseconds, whole ones.
    public var billedDuration: Int { max(1, Int(duration.rounded(.up))) }
}
