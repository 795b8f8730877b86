import GRDB

extension LogStore {
    /// Segments that are removed in one transaction.
    private static let removalStep = 256

    /// Milliseconds after whose last event a stream's segment ends.
    private static let idleTime = 3_600_000

    /// Removes the events that are older than their groups keep them, and ends segments that nothing was written to for long, so that the
    /// next start need not look at them. Call now and then.
    public func sweep() throws {
        try writing { database in
            try database.execute(
                sql: """
                    UPDATE segment SET is_open = 0
                    WHERE is_open AND log_stream IN (SELECT id FROM log_stream WHERE last_ingestion < ?)
                    """, arguments: [Self.now - Self.idleTime])
        }
        let groups = try reading {
            try Row.fetchAll($0, sql: "SELECT id, retention FROM log_group WHERE retention IS NOT NULL")
        }
        for group in groups { try sweep(group[0], before: LogGroup.horizon(group[1], at: Self.now)) }
    }

    /// Removes the events that are older than the group keeps them.
    public func sweep(_ group: LogGroup) throws { try sweep(group.id, before: group.horizon(at: Self.now)) }

    private func sweep(_ group: Int64, before horizon: Int) throws {
        try removeAll {
            try Int64.fetchAll(
                $0, sql: "SELECT id FROM segment WHERE log_group = ? AND last_event < ? LIMIT \(Self.removalStep)",
                arguments: [group, horizon])
        }
    }

    /// Removes the oldest events of all, by when they came, until the rest is within the limit.
    func evict(_ database: Database) throws {
        while let size = try Int.fetchOne(database, sql: "SELECT sum(on_disk) FROM log_group"), size > limit {
            let oldest = try Row.fetchAll(
                database, sql: "SELECT id, (bytes + 4095) / 4096 * 4096 FROM segment ORDER BY last_sequence LIMIT \(Self.removalStep)")
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
        while try writing({ database in
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
