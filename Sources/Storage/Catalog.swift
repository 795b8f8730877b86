import Foundation
import GRDB
import LaminaErrors
import SystemPackage

/// What is remembered of accounts, layers, functions and objects: one SQLite file, journalled ahead and synced at every commit.
///
/// The methods of its extensions are the only SQL of the program. Each writes in one transaction: a crash leaves all of it or nothing.
public struct Catalog: Sendable {
    let database: DatabasePool

    /// Opens or makes the catalog and brings its tables up to date.
    public init(path: FilePath) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        do {
            database = try DatabasePool(path: path.string, configuration: configuration)
            // The pool itself sets NORMAL when it turns the journal on, which could lose the last commits with the power.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(database)
        } catch {
            throw LaminaError(.inputOutput, "cannot open the catalog \(path)", cause: error)
        }
    }

    /// SQLite's `PRAGMA synchronous` of the writing connection: 2 is FULL.
    package func synchronousMode() throws -> Int? {
        try database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    /// Every blob that a layer version, function, object or part refers to.
    public func referencedBlobs() throws -> Set<String> {
        try database.read { database in
            try Set(
                String.fetchAll(
                    database,
                    sql: """
                        SELECT sha256 FROM layer_version WHERE deleted = 0
                        UNION SELECT code_sha256 FROM function
                        UNION SELECT sha256 FROM function_layer
                        UNION SELECT sha256 FROM object
                        UNION SELECT sha256 FROM upload_part
                        """))
        }
    }
}

extension Date {
    /// Milliseconds since 1970, as the catalog keeps times.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

/// Lists and maps inside a column, as JSON.
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
