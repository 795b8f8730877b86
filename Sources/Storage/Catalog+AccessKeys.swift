import Foundation
import GRDB
import SystemPackage

/// A key that signs requests, and the account that it speaks for.
public struct AccessKey: Sendable, Hashable {
    public var id: String
    public var secret: String
    public var account: String
    /// Whether it is the key that the first start made.
    public var isRoot: Bool

    public init(id: String, secret: String, account: String, isRoot: Bool) {
        self.id = id
        self.secret = secret
        self.account = account
        self.isRoot = isRoot
    }
}

extension Catalog {
    /// The key of an id. Waits for the disk on this thread: a look-up takes less than a change of threads.
    public func accessKey(_ id: String) throws -> AccessKey? {
        try database.read { try Self.key($0, "WHERE id = ?", [id]) }
    }

    public func rootKey() throws -> AccessKey? {
        try database.read { try Self.key($0, "WHERE is_root = 1", []) }
    }

    /// The root key of a catalog that a server may be using: read only, and its tables left as they are.
    static func rootKey(ofFile path: FilePath) throws -> AccessKey? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path.string, configuration: configuration).read { try key($0, "WHERE is_root = 1", []) }
    }

    public func insert(_ key: AccessKey, created: Date) throws {
        try database.write { database in
            try database.execute(
                sql: "INSERT INTO access_key (id, secret, account, is_root, created) VALUES (?, ?, ?, ?, ?)",
                arguments: [key.id, key.secret, key.account, key.isRoot, created.milliseconds])
        }
    }

    private static func key(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> AccessKey? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT id, secret, account, is_root FROM access_key \(condition)"), arguments: arguments
        ).map { AccessKey(id: $0[0], secret: $0[1], account: $0[2], isRoot: $0[3]) }
    }
}
