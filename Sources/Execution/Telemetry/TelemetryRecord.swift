import Foundation
import LambdaModel

extension TelemetrySubscription {
    /// An event's JSON as the subscriber gets it; nil for what it did not subscribe to.
    func record(of event: EnvironmentEvent, in context: RecordContext, isJSONLog: Bool) -> [UInt8]? {
        switch event.body {
        case .output(.function, let line): output(line, .function, event.time, isJSONLog)
        case .output(.extension, let line): output(line, .extension, event.time, isJSONLog)
        case .platform(let platform): record(of: platform, at: event.time, in: context)
        }
    }

    /// A line with its newline; where the function's log is JSON, a line that is an object is handed on as one (AWS: "Lambda Telemetry API
    /// Event schema reference", from 2022-12-13).
    private func output(_ line: [UInt8], _ category: Category, _ time: Date, _ isJSONLog: Bool) -> [UInt8]? {
        guard categories.contains(category) else { return nil }
        let record: JSONValue =
            isJSONLog && hasObjects && line.first == UInt8(ascii: "{") && JSONSyntax.flaw(in: line) == nil
            ? .json(line) : .string(String(decoding: line, as: UTF8.self) + "\n")
        return JSONValue.event(at: time, type: category.rawValue, record: record).bytes
    }

    private var hasObjects: Bool { interface == .telemetry && schemaVersion >= "2022-12-13" }

    private func record(of event: PlatformEvent, at time: Date, in context: RecordContext) -> [UInt8]? {
        guard categories.contains(.platform) else { return nil }
        let known = interface == .telemetry ? event.record(in: context) : logsRecord(of: event, in: context)
        return known.map { JSONValue.event(at: time, type: $0.type, record: $0.record).bytes }
    }

    /// What the Logs API has of events: fewer, and some in a form of its own (AWS: "Using the Lambda Logs API").
    private func logsRecord(of event: PlatformEvent, in context: RecordContext) -> (type: String, record: JSONValue)? {
        switch event {
        case .initStart, .initRuntimeDone, .initReport: nil
        case .end(let requestID): ("platform.end", ["requestId": .string(requestID)])
        case .fault(let requestID, let reason, let errorType):
            ("platform.fault", .string("\(InvocationFault.text(requestID, reason))\n\(errorType)"))
        case .timeout(let requestID, let seconds):
            ("platform.fault", .string(InvocationFault.text(requestID, InvocationFault.timeout(seconds).reason)))
        case .runtimeDone(let requestID, let status, _, _):
            schemaVersion == "2021-03-18"
                ? (
                    "platform.runtimeDone",
                    ["requestId": .string(requestID), "status": .string(status.errorType == nil ? status.name : "failure")]
                ) : nil
        case .report(let requestID, _, let metrics):
            ("platform.report", ["requestId": .string(requestID), "metrics": metrics.value])
        case .start, .extensionState, .subscription: event.record(in: context)
        }
    }
}
