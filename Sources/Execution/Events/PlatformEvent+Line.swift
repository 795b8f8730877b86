import Foundation
import LambdaModel

extension PlatformEvent {
    /// The line that Lambda writes to the log, without its newline; nil for an event that it leaves out there.
    func line(at time: Date) -> String? {
        switch self {
        case .initStart(_, let runtimeVersion): "INIT_START Runtime Version: \(runtimeVersion)"
        case .initReport(let phase, let status, let milliseconds):
            status == .success
                ? nil : "INIT_REPORT Init Duration: \(milliseconds.rounded(toPlaces: 2)) ms\tPhase: \(phase.rawValue)\(status.fields)"
        case .start(let requestID, let version): "START RequestId: \(requestID) Version: \(version)"
        case .fault(let requestID, let reason, let errorType):
            "\(InvocationFault.text(requestID, reason))\n\(errorType)"
        case .timeout(let requestID, let seconds):
            "\(AWSDate.format(time, zone: "Z")) \(requestID) \(InvocationFault.timeout(seconds).reason)\n"
        case .end(let requestID): "END RequestId: \(requestID)"
        case .report(let requestID, let status, let metrics): Self.report(requestID, status, metrics)
        case .extensionState(let name, let state, let events, let errorType):
            "EXTENSION\tName: \(name)\tState: \(state)\tEvents: [\(events.joined(separator: ", "))]"
                + (errorType.map { "\tError Type: \($0)" } ?? "")
        case .subscription(let kind, let name, let state, let types):
            "\(kind.rawValue)\tName: \(name)\tState: \(state)\tTypes: [\(types.map(\.capitalized).joined(separator: ", "))]"
        case .initRuntimeDone, .runtimeDone: nil
        }
    }

    private static func report(_ requestID: String, _ status: Status, _ metrics: Metrics) -> String {
        var fields = [
            "REPORT RequestId: \(requestID)", "Duration: \(metrics.duration.rounded(toPlaces: 2)) ms",
            "Billed Duration: \(metrics.billedDuration) ms", "Memory Size: \(metrics.memorySize) MB",
            "Max Memory Used: \(metrics.maxMemoryUsed) MB",
        ]
        if let initDuration = metrics.initDuration { fields.append("Init Duration: \(initDuration.rounded(toPlaces: 2)) ms") }
        return fields.joined(separator: "\t") + (status == .success ? "\t" : status.fields)
    }
}

extension PlatformEvent.Status {
    /// The fields of a line that tell of it, each behind a tab.
    fileprivate var fields: String { "\tStatus: \(name)" + (errorType.map { "\tError Type: \($0)" } ?? "") }
}
