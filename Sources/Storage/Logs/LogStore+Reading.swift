import GRDB

extension LogStore {
    /// A segment's row.
    private struct Segment {
        var id: Int64
        var stream: String
        var first: Int
        var last: Int
        var bytes: Int
    }

    private static let segmentStep = 64

    /// One page of a group's events, by time.
    ///
    /// Segments come in the order of their times, so that one whose events are all behind the page's ends the search. Those whose times
    /// overlap are all searched; in memory there is one of them, and a page.
    public func events(of group: LogGroup, _ query: LogQuery) throws -> LogPage {
        // What is written meanwhile moves segments, and one that went by a page's end would be missed.
        try reading { try events(of: group, query, $0) }
    }

    private func events(of group: LogGroup, _ query: LogQuery, _ database: Database) throws -> LogPage {
        var query = query
        query.lower = max(query.lower, LogPosition(timestamp: group.horizon(at: Self.now) - 1, sequence: .max))
        var collector = LogPageCollector(query)
        var searched = 0
        var last: Segment?
        var stop: LogPosition?
        search: while true {
            let segments = try Self.segments(of: group, query, after: last, database)
            guard !segments.isEmpty else { break }
            for segment in segments {
                collector.settle()
                if let boundary = collector.boundary,
                    query.isDescending ? segment.last < boundary.timestamp : segment.first > boundary.timestamp
                {
                    _ = collector.wants(query.isDescending ? .start(of: segment.last) : .start(of: segment.first))
                    break search
                }
                if searched >= query.searchLimit {
                    // All that comes before this segment has been searched: that is progress, unless segments overlap from the beginning on.
                    let position = query.isDescending ? LogPosition(timestamp: segment.last, sequence: .max) : .start(of: segment.first)
                    if query.isDescending ? position < query.upper : position > query.lower {
                        stop = position
                        break search
                    }
                }
                try search(segment, query, &collector)
                searched += segment.bytes
            }
            last = segments.last
        }
        let events = collector.finish(before: stop)
        // What was cut off a page comes before what was not searched, if the page has anything.
        let isCut = collector.hasMore && !events.isEmpty
        return LogPage(events: events, next: isCut ? events.last?.event.position : stop)
    }

    private func search(_ segment: Segment, _ query: LogQuery, _ collector: inout LogPageCollector) throws {
        var reader = LogRecordReader(try files.read(segment.id, count: segment.bytes))
        while let record = reader.next() {
            guard record.position > query.lower, record.position < query.upper, collector.wants(record.position) else { continue }
            let event = reader.event(record)
            if query.matches?(event.message) ?? true { collector.add(LogPage.Element(stream: segment.stream, event: event)) }
        }
    }

    /// The next segments that may have events for a query, by their first event, or, for one that descends, by their last.
    private static func segments(of group: LogGroup, _ query: LogQuery, after last: Segment?, _ database: Database) throws -> [Segment] {
        let key = query.isDescending ? "last_event" : "first_event"
        var sql = """
            SELECT segment.id, log_stream.name, first_event, segment.last_event, bytes FROM segment JOIN log_stream ON log_stream.id = log_stream
            WHERE segment.log_group = ? AND segment.last_event >= ? AND first_event <= ?
            """
        var arguments: StatementArguments = [group.id, query.lower.timestamp, query.upper.timestamp]
        switch query.streams {
        case .all: break
        case .named(let names):
            let places = names.map { _ in "?" }.joined(separator: ", ")
            sql += " AND log_stream IN (SELECT id FROM log_stream WHERE log_group = ? AND name IN (\(places)))"
            arguments += [group.id]
            arguments += StatementArguments(names)
        case .prefixed(let prefix):
            sql += " AND log_stream IN (SELECT id FROM log_stream WHERE log_group = ? AND name >= ? AND name < ?)"
            arguments += [group.id, prefix, end(ofPrefix: prefix)]
        }
        if let last {
            sql += " AND (segment.\(key), segment.id) \(query.isDescending ? "<" : ">") (?, ?)"
            arguments += [query.isDescending ? last.last : last.first, last.id]
        }
        let direction = query.isDescending ? "DESC" : "ASC"
        sql += " ORDER BY segment.\(key) \(direction), segment.id \(direction) LIMIT \(segmentStep)"
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map {
            Segment(id: $0[0], stream: $0[1], first: $0[2], last: $0[3], bytes: $0[4])
        }
    }
}
