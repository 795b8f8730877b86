import Foundation
import LambdaModel

/// Where the log lines of functions go beside the tail that an invocation returns.
public protocol LogSink: Sendable {
    /// Takes lines in their order. What waits here holds the runtime up, between its output and its invocation: where functions are not to
    /// feel it, it must not. One that shows the lines to a person may push back.
    func write(_ lines: [LogLine], of stream: LogStreamName)
}

/// One event of a log, as CloudWatch Logs has them.
public struct LogLine: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var timestamp: Int
    /// Not empty, and without the last newline.
    public var message: [UInt8]

    public init(timestamp: Int, message: [UInt8]) {
        self.timestamp = timestamp
        self.message = message
    }
}

/// One environment's log stream.
public struct LogStreamName: Sendable, Hashable {
    public var scope: Scope
    /// Such as `/aws/lambda/hello`.
    public var group: String
    /// Such as `2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef`.
    public var stream: String

    public init(scope: Scope, group: String, stream: String) {
        self.scope = scope
        self.group = group
        self.stream = stream
    }
}
