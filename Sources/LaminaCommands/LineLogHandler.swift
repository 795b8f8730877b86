import Foundation
import LambdaModel
import Logging

/// Writes a line an event to standard error: time, level, message, and what goes with it.
///
/// A server logs every request, so a line must cost little of one.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = CivilTime(secondsSince1970: Int(Date().timeIntervalSince1970)).text
        line += "Z "
        line += event.level.rawValue
        line += " "
        line += event.message.description
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { Self.append(name, value, to: &line) }
        Self.append(event, to: &line)
        line += "\n"
        line.withUTF8 { bytes in _ = Foundation.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }

    /// What goes with an event's message.
    static func append(_ event: LogEvent, to line: inout String) {
        for (name, value) in (event.metadata ?? [:]).sorted(by: { $0.key < $1.key }) { append(name, value, to: &line) }
        if let error = event.error { line += " error=\(error)" }
    }

    private static func append(_ name: String, _ value: Logger.MetadataValue, to line: inout String) {
        line += " "
        line += name
        line += "="
        if case .string(let text) = value { line += text } else { line += value.description }
    }
}
