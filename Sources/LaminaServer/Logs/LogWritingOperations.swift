import LambdaModel
import LaminaErrors
import Storage

extension LogsService {
    /// AWS: "PutLogEvents".
    private enum Batch {
        static let events = 10_000
        static let bytes = 1_048_576
        /// Milliseconds.
        static let span = 86_400_000
        /// Milliseconds before now.
        static let oldest = 14 * 86_400_000
        /// Milliseconds after now.
        static let newest = 2 * 3_600_000
    }

    func putEvents(_ request: LogsRequest) throws -> JSONValue {
        let (name, stream) = (try request.groupName(), try request.streamName())
        let events = try Self.events(request.input)
        let group = try store.existingGroup(name)
        guard try store.stream(stream, of: group) != nil else { throw LogsError.streamNotFound }
        let now = LogStore.now
        let expired = events.prefix { $0.timestamp < group.horizon(at: now) }.count
        let tooOld = events.prefix { $0.timestamp < now - Batch.oldest }.count
        let tooNew = events.firstIndex { $0.timestamp > now + Batch.newest }
        let kept = Array(events[max(expired, tooOld)..<max(expired, tooOld, tooNew ?? events.count)])
        if let first = kept.first, let last = kept.last, last.timestamp - first.timestamp > Batch.span {
            throw LogsError.invalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
        }
        if let loss = store.keep([LogBatch(group: name, stream: stream, events: kept)], makesStreams: false).first {
            // It was deleted since.
            throw loss.error.code == .notFound ? LogsError.streamNotFound : loss.error
        }
        let rejected: JSONValue = [
            "tooNewLogEventStartIndex": tooNew.map(JSONValue.integer), "tooOldLogEventEndIndex": tooOld > 0 ? .integer(tooOld) : nil,
            "expiredLogEventEndIndex": expired > 0 ? .integer(expired) : nil,
        ]
        return [
            "nextSequenceToken": .string(LogPosition.start(of: now).text),
            "rejectedLogEventsInfo": kept.count < events.count ? rejected : nil,
        ]
    }

    private static func events(_ input: JSONInput) throws -> [NewLogEvent] {
        let items = try input.objects("logEvents")
        try LogsError.validate { $0.requirePresence("logEvents", items != nil) }
        guard let items, (1...Batch.events).contains(items.count) else {
            throw LogsError.invalidParameter("logEvents has 1 to \(Batch.events) log events")
        }
        var size = 0
        var last = 0
        return try items.enumerated().map { index, item in
            let (timestamp, message) = (try item.integer("timestamp"), try item.string("message"))
            try LogsError.validate {
                $0.requirePresence("logEvents.\(index + 1).member.timestamp", timestamp != nil)
                $0.requirePresence("logEvents.\(index + 1).member.message", message != nil)
                $0.requireRange("logEvents.\(index + 1).member.timestamp", timestamp, 0...Int.max)
                $0.requireLength("logEvents.\(index + 1).member.message", message, atLeast: 1)
            }
            let event = NewLogEvent(timestamp: timestamp ?? 0, message: (message ?? "").utf8)
            size += LogEvent.size(ofMessage: (message ?? "").utf8.count)
            guard size <= Batch.bytes else {
                throw LogsError.invalidParameter("Upload too large: \(size) bytes exceeds limit of \(Batch.bytes)")
            }
            guard event.timestamp >= last else {
                throw LogsError.invalidParameter("Log events in a single PutLogEvents request must be in chronological order.")
            }
            last = event.timestamp
            return event
        }
    }
}
