import Foundation
import GRDB
import LaminaErrors
import SystemPackage

/// What is remembered of accounts, layers, functions, roles and objects: one SQLite file, journalled ahead and synced at every commit.
///
///     let version = try catalog.read { try $0.layerVersion(arn) }
///     try await catalog.write { try $0.insert(bucket) }
///
/// The methods of ``CatalogTransaction`` are the only SQL of the program.
public struct Catalog: Sendable {
    private let database: DatabasePool
    private let readers: ReaderConnections
    private let writer: GroupWriter

    /// Opens or makes the catalog.
    ///
    /// - Parameter isUpdated: Whether its tables are brought up to date; else they must be.
    /// - Throws: ``LaminaError`` `unsupported` for the tables of another version of this program.
    public init(path: FilePath, isUpdated: Bool = true) throws {
        let reserve = DiskReserve(path.removingLastComponent().appending("reserve"))
        do {
            do {
                database = try Self.open(path, isUpdated: isUpdated)
            } catch let error as LaminaError {
                throw error
            } catch {
                // Opening takes room too.
                guard reserve.giveUp() else { throw error }
                database = try Self.open(path, isUpdated: isUpdated)
            }
            readers = try ReaderConnections(path)
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.inputOutput, "cannot open the catalog \(path)", cause: error)
        }
        writer = GroupWriter(database, reserve)
    }

    private static func open(_ path: FilePath, isUpdated: Bool) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        let database = try DatabasePool(path: path.string, configuration: configuration)
        // The pool itself sets NORMAL when it turns the journal on, which could lose the last commits with the power.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        guard try !database.read(migrator.hasBeenSuperseded) else {
            throw LaminaError(.unsupported, "\(path) is of a newer version of lamina; use that one")
        }
        if isUpdated {
            try migrator.migrate(database)
        } else if try !database.read(migrator.hasCompletedMigrations) {
            throw LaminaError(.unsupported, "\(path) is of an older version of lamina; start 'lamina serve' of this one once")
        }
        return database
    }

    /// Reads one state of the catalog. Waits for the disk on this thread: a look-up takes less than a change of threads.
    public func read<T>(_ body: (CatalogTransaction) throws -> T) throws -> T {
        try readers.next().read { try body(CatalogTransaction(database: $0)) }
    }

    /// The same for what is one statement, which needs no transaction.
    public func look<T>(_ body: (CatalogTransaction) throws -> T) throws -> T {
        try readers.next().unsafeRead { try body(CatalogTransaction(database: $0)) }
    }

    /// Writes in one transaction, of which a crash or a thrown error leaves nothing; it is on disk when this returns.
    ///
    /// - Parameter freesSpace: Whether it makes room, and is to succeed on a full disk too.
    /// - Throws: What `body` throws, which may run twice; `LaminaError` `unavailable` when too many writes wait.
    public func write<T: Sendable>(
        freesSpace: Bool = false, _ body: @escaping @Sendable (CatalogTransaction) throws -> T
    ) async throws -> T {
        try await writer.write(freesSpace: freesSpace) { try body(CatalogTransaction(database: $0)) }
    }

    /// How many times ``write(freesSpace:_:)`` has changed the catalog since it was opened.
    var commitCount: UInt { writer.commitCount }

    /// The same on this thread, for what is not a server.
    public func writeNow<T>(_ body: (CatalogTransaction) throws -> T) throws -> T {
        try database.write { try body(CatalogTransaction(database: $0)) }
    }

    /// SQLite's `PRAGMA synchronous` of the writing connection: 2 is FULL.
    package func synchronousMode() throws -> Int? {
        try database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }
}

/// One transaction of the catalog, within its closure.
public struct CatalogTransaction {
    let database: Database

    /// What `decode` makes of the rows, without those that it makes nothing of.
    func rows<T>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> T?) throws -> [T] {
        // By a cursor: an array of rows would copy each of them.
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        var values: [T] = []
        while let row = try cursor.next() {
            if let value = try decode(row) { values.append(value) }
        }
        return values
    }

    /// What `decode` makes of the first row.
    func row<T>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> T?) throws -> T? {
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        // A row is its cursor's: it is empty once that is gone.
        return try withExtendedLifetime(cursor) { try cursor.next().flatMap(decode) }
    }

    func exists(_ sql: String, _ arguments: StatementArguments) throws -> Bool { try row(sql, arguments) { _ in true } ?? false }

    /// The number of rows that changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        let statement = try database.cachedStatement(sql: sql)
        try statement.execute(arguments: arguments)
        return database.changesCount
    }
}

extension Date {
    /// Milliseconds since 1970, as the catalog keeps times.
    public var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    public init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The time as it is after a stay in the catalog.
    public var inWholeMilliseconds: Date { Date(milliseconds: milliseconds) }
}

/// Structures inside a column, as JSON.
enum JSONColumn {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// Names inside a column, between commas: `,python3.12,python3.13,`. Quick to read, and to search with LIKE.
enum ListColumn {
    static func encode(_ names: [String]?) -> String? { names.map { $0.isEmpty ? "" : ",\($0.joined(separator: ","))," } }

    static func decode(_ text: String?) -> [String]? { text.map { $0.split(separator: ",").map(String.init) } }

    static func pattern(_ name: String) -> String { "%,\(name),%" }
}
