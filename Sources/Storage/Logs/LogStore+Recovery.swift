import GRDB
import LaminaErrors
import Logging

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
    func recover(_ logger: Logger?) throws {
        try writing { database in
            var empty: [Int64] = []
            try database.inTransaction {
                for segment in try Int64.fetchAll(database, sql: "SELECT id FROM segment WHERE is_open") {
                    guard let (content, size) = try read(segment, database, logger) else { continue }
                    guard content.bytes > 0 else {
                        empty.append(segment)
                        continue
                    }
                    if content.bytes < size { files.cut(segment, to: content.bytes) }
                    try adopt(content, segment, database)
                }
                return .commit
            }
            try remove(empty, database)
        }
    }

    /// A segment's content and the bytes of its file; nil of one that cannot be read, which ends as the index knows it.
    private func read(_ segment: Int64, _ database: Database, _ logger: Logger?) throws -> (Content, Int)? {
        let size = files.size(segment)
        do {
            return (Content(try files.read(segment, count: size)), size)
        } catch let error as LaminaError {
            logger?.error("a part of a log is passed over", metadata: ["error": "\(error)"])
            try database.execute(sql: "UPDATE segment SET is_open = 0 WHERE id = ?", arguments: [segment])
            return nil
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
