import GRDB
import LaminaErrors

/// Events of one stream, in their order.
public struct LogBatch: Sendable {
    public var group: LogGroupName
    public var stream: String
    public var events: [NewLogEvent]

    public init(group: LogGroupName, stream: String, events: [NewLogEvent]) {
        self.group = group
        self.stream = stream
        self.events = events
    }
}

extension LogStore {
    /// Bytes that are about to be written to a segment, and what its row says afterwards.
    private struct Addition {
        var segment: Int64
        var stream: Int64
        var offset: Int
        var bytes: [UInt8] = []
        var first = Int.max
        var last = 0
        var sequence = 0

        var end: Int { offset + bytes.count }
    }

    /// Keeps events; groups and streams that are missing are made. The oldest events of all go, where these are too many.
    ///
    /// - Throws: ``LaminaError`` when some of the events are not kept: the disk is full, or there are too many groups.
    public func append(_ batches: [LogBatch]) throws {
        let now = Self.now
        try database.writeWithoutTransaction { database in
            var additions: [Addition] = []
            try database.inTransaction {
                // Above all that were given out before, by the clock, so that none has to be remembered.
                let last = try Int.fetchOne(database, sql: "SELECT max(last_sequence) FROM segment") ?? 0
                var sequence = max(last, now << 20)
                for batch in Self.merged(batches) {
                    let group = try makeGroup(batch.group, in: database)
                    let stream = try makeStream(batch.stream, of: group, in: database)
                    additions += try plan(batch.events, group, stream, now, &sequence, database)
                }
                return .commit
            }
            var failure: (any Error)?
            for addition in additions {
                do {
                    try files.append(addition.bytes, to: addition.segment, at: addition.offset)
                    try database.inTransaction {
                        try count(addition, now, database)
                        return .commit
                    }
                } catch {
                    failure = error
                }
            }
            try evict(database)
            if let failure { throw failure }
        }
    }

    /// One batch a stream, of those that have any events.
    private static func merged(_ batches: [LogBatch]) -> [LogBatch] {
        struct Key: Hashable {
            var group: LogGroupName
            var stream: String
        }
        var places: [Key: Int] = [:]
        var merged: [LogBatch] = []
        for batch in batches where !batch.events.isEmpty {
            let key = Key(group: batch.group, stream: batch.stream)
            if let place = places[key] {
                merged[place].events += batch.events
            } else {
                places[key] = merged.count
                merged.append(batch)
            }
        }
        return merged
    }

    /// Divides a stream's events among its open segment and new ones.
    private func plan(
        _ events: [NewLogEvent], _ group: Int64, _ stream: Int64, _ now: Int, _ sequence: inout Int, _ database: Database
    ) throws -> [Addition] {
        var additions: [Addition] = []
        let open = try Row.fetchOne(
            database, sql: "SELECT id, bytes FROM segment WHERE log_stream = ? AND is_open ORDER BY id DESC LIMIT 1", arguments: [stream])
        if let open { additions.append(Addition(segment: open[0], stream: stream, offset: open[1])) }
        for event in events {
            if additions.last.map({ $0.end >= segmentSize }) ?? true {
                if let full = additions.last {
                    try database.execute(sql: "UPDATE segment SET is_open = 0 WHERE id = ?", arguments: [full.segment])
                }
                try database.execute(
                    sql: """
                        INSERT INTO segment (log_group, log_stream, first_event, last_event, last_sequence, bytes)
                        VALUES (?, ?, ?, ?, ?, 0)
                        """, arguments: [group, stream, event.timestamp, event.timestamp, sequence])
                additions.append(Addition(segment: database.lastInsertedRowID, stream: stream, offset: 0))
            }
            sequence += 1
            let position = LogPosition(timestamp: event.timestamp, sequence: sequence)
            let index = additions.count - 1
            LogRecord.append(LogEvent(position: position, ingestionTime: now, message: event.message), to: &additions[index].bytes)
            additions[index].first = min(additions[index].first, event.timestamp)
            additions[index].last = max(additions[index].last, event.timestamp)
            additions[index].sequence = sequence
        }
        return additions.filter { !$0.bytes.isEmpty }
    }

    private func count(_ addition: Addition, _ now: Int, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE segment SET bytes = ?, first_event = min(first_event, ?), last_event = max(last_event, ?), last_sequence = ?
                WHERE id = ?
                """, arguments: [addition.end, addition.first, addition.last, addition.sequence, addition.segment])
        try database.execute(
            sql: "UPDATE log_stream SET last_event = max(coalesce(last_event, 0), ?), last_ingestion = ? WHERE id = ?",
            arguments: [addition.last, now, addition.stream])
    }
}
