import LambdaModel

/// How a function's log shows what the platform tells (AWS: "Configuring JSON and plain text log formats").
enum LogFormat: Sendable {
    case text
    /// JSON records, of events that are at least as grave as the level.
    case json(RecordContext, level: SystemLogLevel)

    init(_ function: LambdaFunction, _ initialization: InitializationType) {
        guard function.hasJSONLog else {
            self = .text
            return
        }
        self = .json(
            RecordContext(function, initialization),
            level: function.logging?.systemLevel.flatMap(SystemLogLevel.init(name:)) ?? .info)
    }
}

extension LambdaFunction {
    /// Whether its log is JSON.
    var hasJSONLog: Bool { logging?.format == "JSON" }
}

/// How grave an event of the platform is (AWS: "System log level event mapping").
enum SystemLogLevel: Int, Sendable, Comparable {
    case debug, info, warn

    init?(name: String) {
        switch name {
        case "DEBUG": self = .debug
        case "INFO": self = .info
        case "WARN": self = .warn
        default: return nil
        }
    }

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

extension PlatformEvent {
    func systemLevel(in context: RecordContext) -> SystemLogLevel {
        switch self {
        case .initStart, .start, .subscription: .info
        case .initRuntimeDone(_, let status), .runtimeDone(_, let status, _, _): status == .success ? .debug : .warn
        case .initReport(_, let status, _):
            status != .success ? .warn : context.initialization == .onDemand ? .debug : .info
        case .report(_, let status, _): status == .success ? .info : .warn
        case .extensionState(_, _, _, let errorType): errorType == nil ? .info : .warn
        case .fault, .timeout, .end: .info
        }
    }
}
