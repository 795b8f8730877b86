import GRDB

extension LogStore {
    /// What the whole records of a segment's file say of it.
    private struct Content {
        var bytes = 0
        var first = Int.max
        var last = 0
        var ingestion = 0
        var sequence = 0

        init(_ file: [UInt8]) {
            var reader = LogRecordReader(file)
            while let record = reader.next() {
                first = min(first, record.position.timestamp)
                last = max(last, record.position.timestamp)
                ingestion = max(ingestion, record.ingestionTime)
                sequence = max(sequence, record.position.sequence)
            }
            bytes = reader.offset
        }
    }

    /// Cuts the segments that were being written down to their whole records, and ends them.
    func recover() throws {
        try database.write { database in
            for segment in try Int64.fetchAll(database, sql: "SELECT id FROM segment WHERE is_open") {
                let size = files.size(segment)
                let content = Content(try files.read(segment, count: size))
                guard content.bytes > 0 else {
                    files.remove(segment)
                    try database.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [segment])
                    continue
                }
                if content.bytes < size { files.cut(segment, to: content.bytes) }
                try adopt(content, segment, database)
            }
        }
    }

    private func adopt(_ content: Content, _ segment: Int64, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE segment SET bytes = ?, first_event = ?, last_event = ?, last_sequence = ?, is_open = 0 WHERE id = ?",
            arguments: [content.bytes, content.first, content.last, content.sequence, segment])
        try database.execute(
            sql: """
                UPDATE log_stream SET last_event = max(coalesce(last_event, 0), ?), last_ingestion = max(coalesce(last_ingestion, 0), ?)
                WHERE id = (SELECT log_stream FROM segment WHERE id = ?)
                """, arguments: [content.last, content.ingestion, segment])
    }
}
