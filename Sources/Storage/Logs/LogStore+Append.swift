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

/// Events that could not be kept, and why.
public struct LogLoss: Sendable {
    public var batch: LogBatch
    public var error: LaminaError
}

extension LogStore {
    /// Milliseconds between the first and the last event of a segment, unless they came in one batch: a search passes over those that it
    /// is not about.
    private static let segmentSpan = 3_600_000

    /// Events that are about to be written to a segment, and what its row says afterwards.
    private struct Addition {
        var batch: Int
        var events: Range<Int>
        var segment: Int64
        var stream: Int64
        var offset: Int
        var bytes: [UInt8] = []
        var first = Int.max
        var last = 0
        var sequence = 0

        var end: Int { offset + bytes.count }
    }

    /// Keeps events. The oldest events of all go, where these are too many.
    ///
    /// - Parameter makesStreams: Whether groups and streams that are missing are made; else their events are not kept: `notFound`.
    /// - Returns: What is not kept: the disk is full, or there are too many groups. All the rest is.
    public func keep(_ batches: [LogBatch], makesStreams: Bool = true) -> [LogLoss] {
        let batches = Self.merged(batches)
        do {
            return try writing { try keep(batches, makesStreams, $0) }
        } catch {
            return batches.map { LogLoss(batch: $0, error: Self.described(error)) }
        }
    }

    /// Keeps events; groups and streams that are missing are made.
    ///
    /// - Throws: ``LaminaError`` when some of the events are not kept.
    public func append(_ batches: [LogBatch]) throws {
        if let loss = keep(batches).first { throw loss.error }
    }

    private func keep(_ batches: [LogBatch], _ makesStreams: Bool, _ database: Database) throws -> [LogLoss] {
        let now = Self.now
        var losses: [LogLoss] = []
        var additions: [Addition] = []
        try database.inTransaction {
            // Above all that were given out before, by the clock, so that none has to be remembered.
            let last = try Int.fetchOne(database, sql: "SELECT max(last_sequence) FROM segment") ?? 0
            var sequence = max(last, now << 20)
            for (index, batch) in batches.enumerated() {
                do {
                    // One that cannot be kept is no reason to lose the others.
                    try database.inSavepoint {
                        let stream = try stream(of: batch, makesStreams, database)
                        additions += try plan(batch.events, index, stream, now, &sequence, database)
                        return .commit
                    }
                } catch {
                    losses.append(LogLoss(batch: batch, error: Self.described(error)))
                }
            }
            return .commit
        }
        for addition in additions {
            do {
                try files.append(addition.bytes, to: addition.segment, at: addition.offset)
                try database.inTransaction {
                    try count(addition, now, database)
                    return .commit
                }
            } catch {
                files.cut(addition.segment, to: addition.offset)
                var batch = batches[addition.batch]
                batch.events = Array(batch.events[addition.events])
                losses.append(LogLoss(batch: batch, error: Self.described(error)))
            }
        }
        try? evict(database)
        return losses
    }

    private func stream(of batch: LogBatch, _ isMade: Bool, _ database: Database) throws -> (group: Int64, id: Int64) {
        if isMade {
            let group = try makeGroup(batch.group, in: database)
            return (group, try makeStream(batch.stream, of: group, in: database))
        }
        guard let group = try Self.groupID(batch.group, database), let stream = try Self.streamID(batch.stream, of: group, database) else {
            throw LaminaError(.notFound, "there is no log stream \(batch.stream) in \(batch.group.name)")
        }
        return (group, stream)
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
        _ events: [NewLogEvent], _ batch: Int, _ stream: (group: Int64, id: Int64), _ now: Int, _ sequence: inout Int, _ database: Database
    ) throws -> [Addition] {
        let open = try Row.fetchOne(
            database, sql: "SELECT id, bytes, first_event FROM segment WHERE log_stream = ? AND is_open ORDER BY id DESC LIMIT 1",
            arguments: [stream.id])
        var additions: [Addition] = []
        var last: Addition?
        if let open { last = Addition(batch: batch, events: 0..<0, segment: open[0], stream: stream.id, offset: open[1]) }
        var isOutlived = open.map { (events.first?.timestamp ?? 0) - ($0[2] as Int) > Self.segmentSpan } ?? false
        for (index, event) in events.enumerated() {
            if last.map({ isOutlived || $0.end >= segmentSize }) ?? true {
                if let full = last {
                    try database.execute(sql: "UPDATE segment SET is_open = 0 WHERE id = ?", arguments: [full.segment])
                    additions.append(full)
                }
                isOutlived = false
                try database.execute(
                    sql: """
                        INSERT INTO segment (log_group, log_stream, first_event, last_event, last_sequence, bytes)
                        VALUES (?, ?, ?, ?, ?, 0)
                        """, arguments: [stream.group, stream.id, event.timestamp, event.timestamp, sequence])
                last = Addition(
                    batch: batch, events: index..<index, segment: database.lastInsertedRowID, stream: stream.id, offset: 0)
            }
            guard var addition = last.take() else { continue }
            sequence += 1
            let position = LogPosition(timestamp: event.timestamp, sequence: sequence)
            LogRecord.append(LogEvent(position: position, ingestionTime: now, message: event.message), to: &addition.bytes)
            addition.events = addition.events.lowerBound..<(index + 1)
            addition.first = min(addition.first, event.timestamp)
            addition.last = max(addition.last, event.timestamp)
            addition.sequence = sequence
            last = addition
        }
        if let last { additions.append(last) }
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
