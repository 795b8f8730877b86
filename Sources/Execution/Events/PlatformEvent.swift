import Foundation

/// What Lambda itself tells of an environment (AWS: "Lambda Telemetry API Event schema reference", 2022-12-13).
enum PlatformEvent: Sendable {
    case initStart(Phase, runtimeVersion: String)
    /// The runtime asked for its first invocation, or never did.
    case initRuntimeDone(Phase, Status)
    case initReport(Phase, Status, milliseconds: Double)
    case start(requestID: String, version: String)
    /// A process ended, or was ended, without an answer: the reason's text, and its type.
    case fault(requestID: String?, reason: String, errorType: String)
    case timeout(requestID: String, seconds: Int)
    /// The runtime has answered an invocation, or will not; extensions may still be at work.
    case runtimeDone(requestID: String, Status, milliseconds: Double, producedBytes: Int)
    /// The invocation is over, for extensions too.
    case end(requestID: String)
    case report(requestID: String, Status, Metrics)
    case extensionState(name: String, state: String, events: [String], errorType: String?)
    case subscription(SubscriptionKind, name: String, state: String, types: [String])

    /// When the init phase ran: ahead, or as part of an invocation.
    enum Phase: String, Sendable {
        case initialization = "init"
        case invoke
    }

    /// How a phase ended.
    enum Status: Sendable, Hashable {
        case success
        case error(type: String)
        case timeout

        var name: String {
            switch self {
            case .success: "success"
            case .error: "error"
            case .timeout: "timeout"
            }
        }

        var errorType: String? {
            if case .error(let type) = self { type } else { nil }
        }
    }

    typealias Metrics = InvocationMetrics

    /// The API by which an extension subscribed.
    enum SubscriptionKind: String, Sendable {
        case telemetry = "TELEMETRY"
        case logs = "LOGS"
    }
}
