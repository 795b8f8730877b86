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
    /// Milliseconds that extensions took behind the runtime's answer, which are billed too.
    public var extensionsDuration = 0.0

    /// Milliseconds, whole ones.
    public var billedDuration: Int { max(1, Int((duration + extensionsDuration).rounded(.up))) }
}
