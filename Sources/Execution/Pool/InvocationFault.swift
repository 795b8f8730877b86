import Foundation
import LambdaModel

/// Why an invocation came to no answer of its function's: the text in the log, and the JSON that the caller gets.
enum InvocationFault: Sendable, Hashable {
    /// Seconds that the function may take.
    case timeout(Int)
    /// A process ended with the status that a shell would show.
    case exit(Int)
    case outOfMemory
    /// There was nothing to start.
    case invalidEntrypoint(InvalidEntrypoint)
    /// An extension ended, told of an error or could not be started.
    case extensionFailure(errorType: String, reason: String)

    var errorType: String {
        switch self {
        case .timeout: "Sandbox.Timedout"
        case .exit: "Runtime.ExitError"
        case .outOfMemory: "Runtime.OutOfMemory"
        case .invalidEntrypoint: InvalidEntrypoint.type
        case .extensionFailure(let errorType, _): errorType
        }
    }

    var reason: String {
        switch self {
        case .timeout(let seconds): "Task timed out after \(seconds).00 seconds"
        case .exit(let status):
            Self.exitText(status).map { "Runtime exited with error: \($0)" } ?? "Runtime exited without providing a reason"
        case .outOfMemory: "Runtime exited with error: signal: killed"
        case .invalidEntrypoint(let problem): problem.reason
        case .extensionFailure(_, let reason): reason
        }
    }

    /// What a process's status says; nil for success.
    static func exitText(_ status: Int) -> String? {
        switch status {
        case 0: nil
        // A shell shows a signal so; beyond the last of them it is what the process itself has said.
        case 129...192: "signal: \(signalName(status - 128))"
        default: "exit status \(status)"
        }
    }

    /// A reason as it is told, of one request or of none.
    static func text(_ requestID: String?, _ reason: String) -> String { "\(requestID.map { "RequestId: \($0) " } ?? "")Error: \(reason)" }

    /// AWS's JSON.
    func payload(_ requestID: String) -> [UInt8] {
        let error: JSONValue = ["errorType": .string(errorType), "errorMessage": .string(Self.text(requestID, reason))]
        return error.bytes
    }

    /// What the log tells of it.
    func event(_ requestID: String) -> PlatformEvent {
        switch self {
        case .timeout(let seconds): .timeout(requestID: requestID, seconds: seconds)
        default: .fault(requestID: requestID, reason: reason, errorType: errorType)
        }
    }

    var status: PlatformEvent.Status {
        if case .timeout = self { .timeout } else { .error(type: errorType) }
    }

    /// As Go names signals, in which Lambda's own part is written.
    private static func signalName(_ number: Int) -> String {
        let names = [
            SIGABRT: "aborted", SIGBUS: "bus error", SIGFPE: "floating point exception", SIGHUP: "hangup", SIGILL: "illegal instruction",
            SIGINT: "interrupt", SIGKILL: "killed", SIGPIPE: "broken pipe", SIGQUIT: "quit", SIGSEGV: "segmentation fault",
            SIGSYS: "bad system call",
            SIGTERM: "terminated", SIGTRAP: "trace/breakpoint trap",
        ]
        return Int32(exactly: number).flatMap { names[$0] } ?? "signal \(number)"
    }
}
