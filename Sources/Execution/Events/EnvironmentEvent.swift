import Foundation
import LambdaModel

/// One thing that happened in an execution environment: its log, and what the Telemetry API tells, are made of these.
struct EnvironmentEvent: Sendable {
    var time: Date
    var body: Body

    enum Body: Sendable {
        /// A line that a process wrote, without its newline.
        case output(Source, [UInt8])
        case platform(PlatformEvent)
    }

    /// Who wrote a line.
    enum Source: Sendable, Hashable {
        case function
        /// An extension, by its name.
        case `extension`(String)
    }

    init(_ body: Body, time: Date = Date()) {
        self.body = body
        self.time = time
    }

    /// Whether an invocation's caller gets the event's line.
    var isInTail: Bool {
        if case .platform(.initStart) = body { false } else { true }
    }

    /// The event's text in the log, with its newline; nil for what the log leaves out.
    func line(_ format: LogFormat) -> [UInt8]? {
        switch (body, format) {
        case (.output(_, let bytes), _): return bytes + [UInt8(ascii: "\n")]
        case (.platform(let event), .text): return event.line(at: time).map { Array($0.utf8) + [UInt8(ascii: "\n")] }
        case (.platform(let event), .json(let context, let level)):
            guard event.systemLevel(in: context) >= level, let (type, record) = event.record(in: context) else { return nil }
            return JSONValue.event(at: time, type: type, record: record).bytes + [UInt8(ascii: "\n")]
        }
    }
}
