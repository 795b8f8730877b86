import Foundation
import LambdaModel

/// What records tell beside their event.
struct RecordContext: Sendable {
    var functionName: String
    var functionVersion: String
    var initialization: InitializationType
}

extension RecordContext {
    init(_ function: LambdaFunction, _ initialization: InitializationType) {
        self.init(functionName: function.name, functionVersion: function.versionText, initialization: initialization)
    }
}

extension PlatformEvent {
    /// The event's type and record (AWS: "Lambda Telemetry API Event schema reference"); nil for what there is no record of.
    func record(in context: RecordContext) -> (type: String, record: JSONValue)? {
        switch self {
        case .initStart(let phase, let runtimeVersion):
            return (
                "platform.initStart",
                Self.phase(phase, context).adding([
                    "runtimeVersion": .string(runtimeVersion), "functionName": .string(context.functionName),
                    "functionVersion": .string(context.functionVersion),
                ])
            )
        case .initRuntimeDone(let phase, let status):
            return (
                "platform.initRuntimeDone",
                Self.phase(phase, context).adding(status.members)
            )
        case .initReport(let phase, let status, let milliseconds):
            return (
                "platform.initReport",
                Self.phase(phase, context).adding(status.members).adding(["metrics": ["durationMs": .milliseconds(milliseconds)]])
            )
        case .start(let requestID, let version):
            return ("platform.start", ["requestId": .string(requestID), "version": .string(version)])
        case .runtimeDone(let requestID, let status, let milliseconds, let producedBytes):
            return (
                "platform.runtimeDone",
                JSONValue.object([.init("requestId", .string(requestID))]).adding(status.members)
                    .adding(["metrics": ["durationMs": .milliseconds(milliseconds), "producedBytes": .integer(producedBytes)]])
            )
        case .report(let requestID, let status, let metrics):
            return (
                "platform.report",
                JSONValue.object([.init("requestId", .string(requestID))]).adding(status.members).adding(["metrics": metrics.value])
            )
        case .extensionState(let name, let state, let events, let errorType):
            return (
                "platform.extension",
                [
                    "name": .string(name), "state": .string(state), "events": .strings(events),
                    "errorType": errorType.map(JSONValue.string),
                ]
            )
        case .subscription(let kind, let name, let state, let types):
            return (kind.recordType, ["name": .string(name), "state": .string(state), "types": .strings(types)])
        case .fault, .timeout, .end: return nil
        }
    }

    private static func phase(_ phase: Phase, _ context: RecordContext) -> JSONValue {
        ["initializationType": .string(context.initialization.rawValue), "phase": .string(phase.rawValue)]
    }
}

extension PlatformEvent.Status {
    fileprivate var members: JSONValue { ["status": .string(name), "errorType": errorType.map(JSONValue.string)] }
}

extension PlatformEvent.Metrics {
    /// The metrics of a report's record.
    var value: JSONValue {
        [
            "durationMs": .milliseconds(duration), "billedDurationMs": .integer(billedDuration), "memorySizeMB": .integer(memorySize),
            "maxMemoryUsedMB": .integer(maxMemoryUsed), "initDurationMs": initDuration.map(JSONValue.milliseconds),
        ]
    }
}

extension PlatformEvent.SubscriptionKind {
    fileprivate var recordType: String {
        switch self {
        case .telemetry: "platform.telemetrySubscription"
        case .logs: "platform.logsSubscription"
        }
    }
}

extension JSONValue {
    /// Milliseconds as records have them, to the microsecond.
    fileprivate static func milliseconds(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }

    /// An event as the Telemetry API sends it and JSON logs have it.
    static func event(at time: Date, type: String, record: JSONValue) -> JSONValue {
        ["time": .string(AWSDate.format(time, zone: "Z")), "type": .string(type), "record": record]
    }
}
