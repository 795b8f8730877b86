import Foundation
import LambdaModel

/// The lines that Lambda writes around an invocation's own log, and its JSON for ends without an answer.
struct InvocationReport {
    typealias Outcome = RuntimeEndpoint.Outcome

    let requestID: String
    let function: LambdaFunction

    var start: String { "START RequestId: \(requestID) Version: \(function.versionText)\n" }

    /// END and REPORT, with the reason before them where the function did not come to its own end.
    ///
    /// - Parameters:
    ///   - duration: Milliseconds.
    ///   - initDuration: Milliseconds; on a cold start only.
    ///   - peakMemory: MiB.
    func end(_ outcome: Outcome, duration: Double, initDuration: Double?, peakMemory: Int, isOutOfMemory: Bool) -> String {
        var text = ""
        switch outcome {
        case .timedOut: text += "\(AWSDate.format(Date()).replacingOccurrences(of: "+0000", with: "Z")) \(requestID) \(timeout)\n\n"
        case .exited(let status):
            text += "RequestId: \(requestID) Error: \(Self.describe(status, isOutOfMemory))\n\(exitType(isOutOfMemory))\n"
        case .response, .error, .initError: break
        }
        text += "END RequestId: \(requestID)\n"
        text += "REPORT RequestId: \(requestID)\tDuration: \(duration.rounded(toPlaces: 2)) ms\t"
        text += "Billed Duration: \(max(1, Int(duration.rounded(.up)))) ms\tMemory Size: \(function.memorySize) MB\t"
        text += "Max Memory Used: \(isOutOfMemory ? function.memorySize : peakMemory) MB\t"
        if let initDuration { text += "Init Duration: \(initDuration.rounded(toPlaces: 2)) ms\t" }
        return text + "\n"
    }

    /// The payload of an invocation that was ended, or whose process ended.
    func error(_ outcome: Outcome, isOutOfMemory: Bool) -> [UInt8] {
        let (type, text) =
            switch outcome {
            case .exited(let status): (exitType(isOutOfMemory), Self.describe(status, isOutOfMemory))
            default: ("Sandbox.Timedout", timeout)
            }
        return Array(#"{"errorType":"\#(type)","errorMessage":"RequestId: \#(requestID) Error: \#(text)"}"#.utf8)
    }

    /// The end of an invocation whose sandbox has nothing to start.
    func result(of failure: InvalidEntrypoint) -> InvocationResult {
        let text = "RequestId: \(requestID) Error: \(failure.reason)"
        let end = end(.initError([]), duration: 0, initDuration: nil, peakMemory: 0, isOutOfMemory: false)
        let payload: JSONValue = ["errorType": .string(InvalidEntrypoint.type), "errorMessage": .string(text)]
        return InvocationResult(
            payload: payload.bytes, isError: true, logTail: Array("\(start)\(text)\n\(InvalidEntrypoint.type)\n\(end)".utf8))
    }

    private var timeout: String { "Task timed out after \(function.timeout).00 seconds" }

    private func exitType(_ isOutOfMemory: Bool) -> String { isOutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError" }

    private static func describe(_ status: Int, _ isOutOfMemory: Bool) -> String {
        if isOutOfMemory { return "Runtime exited with error: signal: killed" }
        if status == 0 { return "Runtime exited without providing a reason" }
        guard status > 128 else { return "Runtime exited with error: exit status \(status)" }
        let signals = [
            SIGABRT: "aborted", SIGBUS: "bus error", SIGFPE: "floating point exception", SIGILL: "illegal instruction", SIGKILL: "killed",
            SIGSEGV: "segmentation fault", SIGTERM: "terminated",
        ]
        return "Runtime exited with error: signal: \(signals[Int32(status - 128)] ?? String(status - 128))"
    }
}
