import GRDB

extension LogStore {
    /// Segments that are removed in one transaction.
    private static let removalStep = 256

    /// Removes the events that are older than their groups keep them. Call now and then.
    public func sweep() throws {
        let now = Self.now
        let groups = try database.read {
            try Row.fetchAll($0, sql: "SELECT id, retention FROM log_group WHERE retention IS NOT NULL")
        }
        for group in groups {
            let horizon = now - (group[1] as Int) * 86_400_000
            try removeAll {
                try Int64.fetchAll(
                    $0, sql: "SELECT id FROM segment WHERE log_group = ? AND last_event < ? LIMIT \(Self.removalStep)",
                    arguments: [group[0] as Int64, horizon])
            }
        }
    }

    /// Removes the oldest events of all, by when they came, until the rest is within the limit.
    func evict(_ database: Database) throws {
        while let size = try Int.fetchOne(database, sql: "SELECT sum(on_disk) FROM log_group"), size > limit {
            let oldest = try Row.fetchAll(
                database, sql: "SELECT id, bytes FROM segment ORDER BY last_sequence LIMIT \(Self.removalStep)")
            var excess = size - limit
            let segments = oldest.prefix { row in
                defer { excess -= row[1] as Int }
                return excess > 0
            }
            guard !segments.isEmpty else { return }
            try remove(segments.map { $0[0] }, database)
        }
    }

    /// Removes the segments that `find` gives, some at a time, until there are none.
    func removeAll(_ find: (Database) throws -> [Int64]) throws {
        while try database.writeWithoutTransaction({ database in
            let segments = try find(database)
            try remove(segments, database)
            return !segments.isEmpty
        }) {}
    }

    /// Removes segments, and the streams that had no others.
    ///
    /// Files go first: a crash in between leaves rows of empty segments, which go at another time, and no file that nobody knows.
    func remove(_ segments: [Int64], _ database: Database) throws {
        for segment in segments { files.remove(segment) }
        try database.inTransaction {
            for segment in segments {
                let stream = try Int64.fetchOne(database, sql: "SELECT log_stream FROM segment WHERE id = ?", arguments: [segment])
                try database.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment])
                try database.execute(
                    sql: "DELETE FROM log_stream WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM segment WHERE log_stream = ?1)",
                    arguments: [stream])
            }
            return .commit
        }
    }
}
