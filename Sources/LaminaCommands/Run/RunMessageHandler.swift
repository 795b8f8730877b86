import Logging

/// Says what `lamina run` has to tell of this machine as it says its errors, on the standard error.
struct RunMessageHandler: LogHandler {
    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "lamina: \(event.message)"
        LineLogHandler.append(event, to: &line)
        StandardError.write(line.printable + "\n")
    }
}
