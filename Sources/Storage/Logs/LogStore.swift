import Foundation
import GRDB
import LambdaModel
import LaminaErrors
import Logging
import SystemPackage

/// The events of log streams, on disk: append-only segment files, and an index of them in SQLite.
///
/// A stream's row and its segment's are committed before the segment's file is written, and the bytes that count after it. A crash leaves
/// no file that the index does not know, and of an event that was being written, nothing. Nothing is synced but what the API was told of
/// groups and streams: the power's failure may cost the last seconds of the logs.
///
/// All methods wait for the disk: call them where that holds up no task.
public final class LogStore: Sendable {
    /// Groups of an account, and of all.
    private static let groupLimits = (account: 10_000, all: 100_000)
    /// Streams without events, of all groups; those that have some take their room on the disk.
    private static let emptyStreamLimit = 10_000

    let database: DatabasePool
    let files: LogSegmentFiles
    /// Bytes on disk, in blocks, beyond which the oldest events go.
    let limit: Int
    /// Streams without events, beyond which the oldest go.
    let emptyStreams: Int
    /// Bytes after which a stream begins another segment.
    let segmentSize: Int

    /// Opens or makes the store, and cuts off what a crash left half-written.
    public convenience init(_ folder: FilePath, limit: Int, logger: Logger? = nil) throws {
        try self.init(folder, limit: limit, emptyStreams: Self.emptyStreamLimit, logger: logger)
    }

    init(_ folder: FilePath, limit: Int, emptyStreams: Int, logger: Logger? = nil) throws {
        self.limit = limit
        self.emptyStreams = emptyStreams
        segmentSize = min(max(limit / 64, 1 << 16), 1 << 20)
        files = try LogSegmentFiles(root: folder.appending("segments"))
        do {
            let index = folder.appending("index.sqlite")
            // Else it would have what the user's mask leaves.
            try FileDescriptor.open(
                index, .writeOnly, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600)
            ).close()
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            // A search holds one while it reads.
            configuration.maximumReaderCount = 10
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576") }
            database = try DatabasePool(path: index.string, configuration: configuration)
            guard try !database.read(Self.migrator.hasBeenSuperseded) else {
                throw LaminaError(.unsupported, "\(folder) is of a newer version of lamina; use that one")
            }
            try Self.migrator.migrate(database)
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot open the logs at \(folder)", cause: error)
        }
        try recover(logger)
    }

    /// Milliseconds since 1970.
    package static var now: Int { Int(Date().milliseconds) }

    /// Behind all texts that begin with this one.
    static func end(ofPrefix prefix: String) -> String { prefix + "\u{10FFFF}" }

    /// One transaction that is on disk when this returns.
    func change<T>(_ body: (Database) throws -> T) throws -> T {
        try writing { database in
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

    /// Changes of the index, each of whose statements or transactions stands for itself.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` in place of SQLite's.
    func writing<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try database.writeWithoutTransaction(body)
        } catch {
            throw Self.described(error)
        }
    }

    /// What the index is at one moment.
    ///
    /// - Throws: ``LaminaError`` `inputOutput` in place of SQLite's.
    func reading<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try database.read(body)
        } catch let error as DatabaseError {
            throw Self.described(error)
        }
    }

    static func described(_ error: any Error) -> LaminaError {
        error as? LaminaError ?? LaminaError(.inputOutput, "the logs' index cannot be read or written", cause: error)
    }

    static func groupID(_ name: LogGroupName, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT id FROM log_group WHERE account = ? AND region = ? AND name = ?",
            arguments: [name.scope.account, name.scope.region, name.name])
    }

    static func streamID(_ name: String, of group: Int64, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT id FROM log_stream WHERE log_group = ? AND name = ?", arguments: [group, name])
    }

    /// The group's row, which is made where it is missing.
    func makeGroup(_ name: LogGroupName, logClass: String = "STANDARD", tags: [String: String] = [:], in database: Database) throws -> Int64
    {
        if let id = try Self.groupID(name, database) { return id }
        let sql = "SELECT count(*) FROM log_group"
        let own = try Int.fetchOne(database, sql: sql + " WHERE account = ?", arguments: [name.scope.account]) ?? 0
        guard own < Self.groupLimits.account, try Int.fetchOne(database, sql: sql) ?? 0 < Self.groupLimits.all else {
            throw LaminaError(.limitExceeded, "account \(name.scope.account) has \(own) log groups already; delete some")
        }
        try database.execute(
            sql: "INSERT INTO log_group (account, region, name, class, tags, created) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [name.scope.account, name.scope.region, name.name, logClass, try JSONColumn.encode(tags), Self.now])
        return database.lastInsertedRowID
    }

    /// The stream's row, which is made where it is missing.
    func makeStream(_ name: String, of group: Int64, in database: Database) throws -> Int64 {
        if let id = try Self.streamID(name, of: group, database) { return id }
        try database.execute(
            sql: "INSERT INTO log_stream (log_group, name, created) VALUES (?, ?, ?)", arguments: [group, name, Self.now])
        return database.lastInsertedRowID
    }
}
