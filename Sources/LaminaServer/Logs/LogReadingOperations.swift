import LambdaModel
import LaminaErrors
import LogPatterns
import Storage

extension LogsService {
    /// One stream's events: from a token on, else the first or the last ones.
    func getEvents(_ request: LogsRequest) throws -> JSONValue {
        let (name, stream) = (try request.identifiedGroupName(), try request.streamName())
        var query = try request.query(includesEnd: false)
        let token = try request.input.string("nextToken").map(LogEventToken.init(text:))
        let begin = max(query.lower, .start(of: 0))
        switch token?.direction {
        case .forward: query.lower = max(query.lower, token?.position ?? query.lower)
        case .backward: query.upper = min(query.upper, token?.position ?? query.upper)
        case nil: break
        }
        query.isDescending = try token.map { $0.direction == .backward } ?? !(request.input.bool("startFromHead") ?? false)
        query.streams = .named([stream])
        query.searchLimit = .max
        let group = try store.existingGroup(name)
        guard try store.stream(stream, of: group) != nil else { throw LogsError.streamNotFound }
        let page = try store.events(of: group, query)
        let events = query.isDescending ? page.events.reversed() : page.events
        let tokens = LogEventToken.pair(events.first?.event.position, events.last?.event.position, after: token, else: begin)
        return [
            "events": .array(events.map { Self.output($0.event) }), "nextForwardToken": .string(tokens.forward.text),
            "nextBackwardToken": .string(tokens.backward.text),
        ]
    }

    /// A group's events that a pattern matches, of all its streams or some.
    func filterEvents(_ request: LogsRequest) throws -> JSONValue {
        let name = try request.identifiedGroupName()
        let input = request.input
        var query = try request.query(includesEnd: true)
        let (names, prefix) = (try input.strings("logStreamNames"), try request.streamPrefix())
        guard names == nil || prefix == nil else {
            throw LogsError.invalidParameter("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.")
        }
        query.isDescending = !(try input.bool("startFromHead") ?? true)
        if let marker = try request.marker(of: .filterLogEvents) {
            guard let position = LogPosition(text: String(marker.dropFirst())) else { throw LogsError.invalidToken }
            query.isDescending = marker.hasPrefix("d")
            if query.isDescending { query.upper = min(query.upper, position) } else { query.lower = max(query.lower, position) }
        }
        query.matches = try Self.pattern(try input.string("filterPattern"))
        let group = try store.existingGroup(name)
        if let names {
            guard (1...100).contains(names.count) else { throw LogsError.invalidParameter("logStreamNames names 1 to 100 log streams") }
            guard try names.allSatisfy({ try store.stream($0, of: group) != nil }) else { throw LogsError.streamNotFound }
            query.streams = .named(names)
        } else if let prefix {
            query.streams = .prefixed(prefix)
        }
        let page = try store.events(of: group, query)
        let events = page.events.map { element -> JSONValue in
            let name: JSONValue = ["logStreamName": .string(element.stream)]
            return name.adding(Self.output(element.event)).adding(["eventId": .string(element.event.position.text)])
        }
        let next = page.next.map { (query.isDescending ? "d" : "a") + $0.text }
        return [
            "events": .array(events), "searchedLogStreams": .array([]),
            "nextToken": next.map { .string(Marker.encode($0, of: LogsOperation.filterLogEvents.rawValue)) },
        ]
    }

    private static func pattern(_ text: String?) throws -> (@Sendable ([UInt8]) -> Bool)? {
        guard let text, !text.isEmpty else { return nil }
        do {
            let pattern = try LogPattern(text)
            return { pattern.matches($0) }
        } catch let error as LaminaError {
            throw LogsError.invalidParameter("Invalid filter pattern: \(error.message)")
        }
    }

    private static func output(_ event: LogEvent) -> JSONValue {
        [
            "timestamp": .integer(event.timestamp), "message": .string(String(decoding: event.message, as: UTF8.self)),
            "ingestionTime": .integer(event.ingestionTime),
        ]
    }
}
