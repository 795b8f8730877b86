import LambdaModel

/// A group's name, and whose it is.
public struct LogGroupName: Sendable, Hashable {
    public var scope: Scope
    public var name: String

    public init(scope: Scope, name: String) {
        self.scope = scope
        self.name = name
    }

    /// Without the `:*` that stands for its streams.
    public var arn: String { "arn:aws:logs:\(scope.region):\(scope.account):log-group:\(name)" }
}

/// A group of log streams, as the store remembers it.
public struct LogGroup: Sendable, Hashable {
    let id: Int64
    public var name: LogGroupName
    /// `STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`, `ESSENTIALS`.
    public var logClass: String
    /// Days after which events go; nil for never.
    public var retention: Int?
    public var tags: [String: String]
    /// Milliseconds since 1970.
    public var created: Int
    /// Bytes of its events.
    public var storedBytes: Int

    /// Before this time, in milliseconds, its events count as gone; 0 for none.
    public func horizon(at now: Int) -> Int { Self.horizon(retention, at: now) }

    static func horizon(_ retention: Int?, at now: Int) -> Int { retention.map { now - $0 * 86_400_000 } ?? 0 }
}

/// A sequence of events of one source.
public struct LogStream: Sendable, Hashable {
    let id: Int64
    public var name: String
    /// Milliseconds since 1970, as all its times.
    public var created: Int
    public var firstEvent: Int?
    public var lastEvent: Int?
    public var lastIngestion: Int?
}

/// Where a page of a list of streams ended.
public struct LogStreamPlace: Sendable, Hashable {
    public var name: String
    /// Milliseconds since 1970; 0 for a stream without events.
    public var lastEvent: Int

    public init(name: String, lastEvent: Int) {
        self.name = name
        self.lastEvent = lastEvent
    }
}

/// How a list of streams is ordered.
public enum LogStreamOrder: Sendable, Hashable {
    case name
    case lastEvent
}
