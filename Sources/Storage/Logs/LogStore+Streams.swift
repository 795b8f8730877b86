import GRDB
import LaminaErrors

extension LogStore {
    private static let columns = """
        id, name, created, (SELECT min(first_event) FROM segment WHERE log_stream = log_stream.id AND bytes > 0), last_event, last_ingestion
        """

    /// Makes a stream; of too many without events the oldest go.
    ///
    /// - Returns: False where the stream is there already.
    public func createStream(_ name: String, of group: LogGroup) throws -> Bool {
        try change { database in
            guard try Self.stream(name, group, database) == nil else { return false }
            _ = try makeStream(name, of: group.id, in: database)
            // One whose first events are being written has a segment already.
            try database.execute(
                sql: """
                    DELETE FROM log_stream WHERE last_event IS NULL
                    AND id <= (SELECT id FROM log_stream WHERE last_event IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)
                    AND NOT EXISTS (SELECT 1 FROM segment WHERE log_stream = log_stream.id)
                    """, arguments: [emptyStreams])
            return true
        }
    }

    /// Nil when there is none.
    public func stream(_ name: String, of group: LogGroup) throws -> LogStream? {
        try reading { try Self.stream(name, group, $0) }
    }

    /// A group's streams behind another, in their order. A stream without events comes before those that have some.
    public func streams(
        of group: LogGroup, prefix: String = "", by order: LogStreamOrder = .name, isDescending: Bool = false,
        after last: LogStreamPlace? = nil,
        limit: Int
    ) throws -> [LogStream] {
        let (direction, relation) = isDescending ? ("DESC", "<") : ("ASC", ">")
        var sql = "SELECT \(Self.columns) FROM log_stream WHERE log_group = ? AND name >= ? AND name < ?"
        var arguments: StatementArguments = [group.id, prefix, Self.end(ofPrefix: prefix)]
        switch order {
        case .name:
            if let last {
                sql += " AND name \(relation) ?"
                arguments += [last.name]
            }
            sql += " ORDER BY name \(direction)"
        case .lastEvent:
            if let last {
                sql += " AND (coalesce(last_event, 0), name) \(relation) (?, ?)"
                arguments += [last.lastEvent, last.name]
            }
            sql += " ORDER BY coalesce(last_event, 0) \(direction), name \(direction)"
        }
        return try reading { database in
            try Row.fetchAll(database, sql: sql + " LIMIT ?", arguments: arguments + [limit]).map(Self.stream)
        }
    }

    /// Removes a stream and its events; false when there is none.
    public func deleteStream(_ name: String, of group: LogGroup) throws -> Bool {
        try change { database in
            guard let stream = try Self.stream(name, group, database) else { return false }
            for segment in try Int64.fetchAll(database, sql: "SELECT id FROM segment WHERE log_stream = ?", arguments: [stream.id]) {
                files.remove(segment)
            }
            try database.execute(sql: "DELETE FROM log_stream WHERE id = ?", arguments: [stream.id])
            return true
        }
    }

    private static func stream(_ name: String, _ group: LogGroup, _ database: Database) throws -> LogStream? {
        try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM log_stream WHERE log_group = ? AND name = ?", arguments: [group.id, name]
        ).map(stream)
    }

    private static func stream(_ row: Row) -> LogStream {
        LogStream(id: row[0], name: row[1], created: row[2], firstEvent: row[3], lastEvent: row[4], lastIngestion: row[5])
    }
}
