import Foundation
import LambdaModel

/// What an extension can register for.
enum LifecycleEvent: String, Sendable {
    case invoke = "INVOKE"
    case shutdown = "SHUTDOWN"
}

/// Why an environment's processes are ended.
enum ShutdownReason: String, Sendable {
    case spindown, timeout, failure
}

/// An event's JSON, as `event/next` answers.
enum LifecycleMessage {
    static func invoke(_ invocation: Invocation, deadline: Date) -> [UInt8] {
        let message: JSONValue = [
            "eventType": .string(LifecycleEvent.invoke.rawValue), "deadlineMs": milliseconds(deadline),
            "requestId": .string(invocation.requestID), "invokedFunctionArn": .string(invocation.functionARN.description),
            "tracing": ["type": "X-Amzn-Trace-Id", "value": .string(invocation.traceID)],
        ]
        return message.bytes
    }

    static func shutdown(_ reason: ShutdownReason, deadline: Date) -> [UInt8] {
        let message: JSONValue = [
            "eventType": .string(LifecycleEvent.shutdown.rawValue), "shutdownReason": .string(reason.rawValue),
            "deadlineMs": milliseconds(deadline),
        ]
        return message.bytes
    }

    private static func milliseconds(_ date: Date) -> JSONValue { .integer(Int(date.timeIntervalSince1970 * 1000)) }
}
