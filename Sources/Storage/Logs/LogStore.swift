import Foundation
import GRDB
import LambdaModel
import LaminaErrors
import SystemPackage

/// The events of log streams, on disk: append-only segment files, and an index of them in SQLite.
///
/// A stream's row and its segment's are committed before the segment's file is written, and the bytes that count after it. A crash leaves
/// no file that the index does not know, and of an event that was being written, nothing. Nothing is synced but what the API was told of
/// groups and streams: the power's failure may cost the last seconds of the logs.
///
/// All methods wait for the disk: call them where that holds up no task.
public final class LogStore: Sendable {
    /// Of all scopes.
    private static let groupLimit = 10_000
    private static let streamLimit = 1_000_000

    let database: DatabasePool
    let files: LogSegmentFiles
    /// Bytes on disk, in blocks, beyond which the oldest events go.
    let limit: Int
    /// Bytes after which a stream begins another segment.
    let segmentSize: Int

    /// Opens or makes the store, and cuts off what a crash left half-written.
    public init(_ folder: FilePath, limit: Int) throws {
        self.limit = limit
        segmentSize = min(max(limit / 64, 1 << 16), 1 << 20)
        files = try LogSegmentFiles(root: folder.appending("segments"))
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576") }
            database = try DatabasePool(path: folder.appending("index.sqlite").string, configuration: configuration)
            guard try !database.read(Self.migrator.hasBeenSuperseded) else {
                throw LaminaError(.unsupported, "\(folder) is of a newer version of lamina; use that one")
            }
            try Self.migrator.migrate(database)
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot open the logs at \(folder)", cause: error)
        }
        try recover()
    }

    static var now: Int { Int(Date().milliseconds) }

    /// One transaction that is on disk when this returns.
    func change<T>(_ body: (Database) throws -> T) throws -> T {
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            defer { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
            var result: T?
            try database.inTransaction {
                result = try body(database)
                return .commit
            }
            guard let result else { throw LaminaError(.inputOutput, "a change of the logs' index was not made") }
            return result
        }
    }

    /// The group's row, which is made where it is missing.
    func makeGroup(_ name: LogGroupName, logClass: String = "STANDARD", tags: [String: String] = [:], in database: Database) throws -> Int64
    {
        if let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM log_group WHERE account = ? AND region = ? AND name = ?",
            arguments: [name.scope.account, name.scope.region, name.name])
        {
            return id
        }
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM log_group") ?? 0 < Self.groupLimit else {
            throw LaminaError(.limitExceeded, "there are \(Self.groupLimit) log groups already; delete some")
        }
        try database.execute(
            sql: "INSERT INTO log_group (account, region, name, class, tags, created) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [name.scope.account, name.scope.region, name.name, logClass, try JSONColumn.encode(tags), Self.now])
        return database.lastInsertedRowID
    }

    /// The stream's row, which is made where it is missing.
    func makeStream(_ name: String, of group: Int64, in database: Database) throws -> Int64 {
        if let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM log_stream WHERE log_group = ? AND name = ?", arguments: [group, name])
        {
            return id
        }
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM log_stream") ?? 0 < Self.streamLimit else {
            throw LaminaError(.limitExceeded, "there are \(Self.streamLimit) log streams already; delete some")
        }
        try database.execute(
            sql: "INSERT INTO log_stream (log_group, name, created) VALUES (?, ?, ?)", arguments: [group, name, Self.now])
        return database.lastInsertedRowID
    }
}
