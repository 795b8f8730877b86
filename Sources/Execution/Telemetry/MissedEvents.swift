/// What has happened since an init phase began, for who subscribes in it: a megabyte of it, and how much more there was. No I/O.
struct MissedEvents: Sendable {
    /// What did not fit.
    struct Dropped: Sendable, Hashable {
        var records = 0
        /// Of lines.
        var bytes = 0
    }

    /// Bytes that are kept.
    static let limit = 1 << 20
    /// Bytes that an event takes beside its line.
    private static let overhead = 256

    private(set) var events: [EnvironmentEvent] = []
    private(set) var dropped: [TelemetrySubscription.Category: Dropped] = [:]
    private var bytes = 0

    mutating func add(_ event: EnvironmentEvent) {
        let line = if case .output(_, let line) = event.body { line.count } else { 0 }
        guard bytes + line + Self.overhead <= Self.limit else {
            dropped[event.category, default: Dropped()].records += 1
            dropped[event.category, default: Dropped()].bytes += line
            return
        }
        events.append(event)
        bytes += line + Self.overhead
    }
}

extension EnvironmentEvent {
    /// What a subscription calls it.
    fileprivate var category: TelemetrySubscription.Category {
        switch body {
        case .output(.function, _): .function
        case .output(.extension, _): .extension
        case .platform: .platform
        }
    }
}
