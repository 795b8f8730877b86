import LambdaModel
import LaminaErrors
import Storage

extension LogsService {
    func createStream(_ request: LogsRequest) throws {
        let (group, stream) = (try request.groupName(), try request.streamName())
        guard try store.createStream(stream, of: try store.existingGroup(group)) else { throw LogsError.streamExists }
    }

    func deleteStream(_ request: LogsRequest) throws {
        let (group, stream) = (try request.groupName(), try request.streamName())
        guard try store.deleteStream(stream, of: try store.existingGroup(group)) else { throw LogsError.streamNotFound }
    }

    func describeStreams(_ request: LogsRequest) throws -> JSONValue {
        let name = try request.identifiedGroupName()
        let (prefix, order) = (try request.streamPrefix(), try request.input.string("orderBy") ?? "LogStreamName")
        let size = try request.pageSize()
        try LogsError.validate { $0.requireMember("orderBy", order, of: ["LogStreamName", "LastEventTime"]) }
        guard prefix == nil || order == "LogStreamName" else {
            throw LogsError.invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
        }
        let streams = try store.streams(
            of: try store.existingGroup(name), prefix: prefix ?? "", by: order == "LastEventTime" ? .lastEvent : .name,
            isDescending: try request.input.bool("descending") ?? false,
            after: try request.marker(of: .describeLogStreams).map(Self.place), limit: size + 1)
        return [
            "logStreams": .array(streams.prefix(size).map { Self.output($0, name) }),
            "nextToken": streams.count > size ? Self.token(streams[size - 1]) : nil,
        ]
    }

    private static func token(_ stream: LogStream) -> JSONValue {
        .string(Marker.encode("\(stream.lastEvent ?? 0):\(stream.name)", of: LogsOperation.describeLogStreams.rawValue))
    }

    /// Where the page before ended. No stream's name has a colon.
    private static func place(_ marker: String) throws -> LogStreamPlace {
        let parts = marker.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let lastEvent = Int(parts[0]) else { throw LogsError.invalidToken }
        return LogStreamPlace(name: String(parts[1]), lastEvent: lastEvent)
    }

    private static func output(_ stream: LogStream, _ group: LogGroupName) -> JSONValue {
        [
            "logStreamName": .string(stream.name), "creationTime": .integer(stream.created),
            "firstEventTimestamp": stream.firstEvent.map(JSONValue.integer), "lastEventTimestamp": stream.lastEvent.map(JSONValue.integer),
            "lastIngestionTime": stream.lastIngestion.map(JSONValue.integer),
            // A token that nobody asks for any more (AWS: "PutLogEvents").
            "uploadSequenceToken": .string(LogPosition.start(of: stream.lastIngestion ?? stream.created).text),
            "arn": .string("\(group.arn):log-stream:\(stream.name)"), "storedBytes": .integer(0),
        ]
    }
}
