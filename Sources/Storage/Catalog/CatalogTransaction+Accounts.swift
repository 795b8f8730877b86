import Foundation
import GRDB
import LambdaModel

/// Whom layers and functions belong to.
public struct Account: Sendable, Hashable {
    /// 12 digits.
    public var id: String
    /// `o-…`, or nil.
    public var organization: String?
    public var created: Date

    public init(id: String, organization: String?, created: Date) {
        self.id = id
        self.organization = organization
        self.created = created
    }
}

/// A key that signs requests, and the account that it speaks for.
public struct AccessKey: Sendable, Hashable {
    public var id: String
    public var secret: String
    public var account: String
    public var access: AccessLevel
    public var isDisabled: Bool
    /// Whether it is the key that the first start made.
    public var isRoot: Bool
    public var created: Date

    public init(id: String, secret: String, account: String, access: AccessLevel, isRoot: Bool = false, created: Date) {
        self.id = id
        self.secret = secret
        self.account = account
        self.access = access
        isDisabled = false
        self.isRoot = isRoot
        self.created = created
    }
}

extension CatalogTransaction {
    /// Nil when there is none.
    public func account(_ id: String) throws -> Account? {
        try row("SELECT id, organization, created FROM account WHERE id = ?", [id], Self.account)
    }

    /// All of them, by number.
    public func accounts() throws -> [Account] {
        try rows("SELECT id, organization, created FROM account ORDER BY id", [], Self.account)
    }

    /// Records an account; false when there is one of this id.
    public func insert(_ account: Account) throws -> Bool {
        try execute(
            "INSERT INTO account (id, organization, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [account.id, account.organization, account.created.milliseconds]) > 0
    }

    /// Whether it is disabled or not; nil when there is none.
    public func accessKey(_ id: String) throws -> AccessKey? {
        try row("SELECT \(Self.keyColumns) FROM access_key WHERE id = ?", [id], Self.key)
    }

    /// A key that is not disabled, and the organization of its account.
    public func validKey(_ id: String) throws -> (key: AccessKey, organization: String?)? {
        try row(
            """
            SELECT \(Self.keyColumns), organization FROM access_key
            LEFT JOIN (SELECT id AS account_id, organization FROM account) ON account_id = account WHERE id = ? AND disabled = 0
            """, [id]
        ) { row in Self.key(row).map { ($0, row[7]) } }
    }

    /// The key that a server made for itself, disabled or not; nil before its first start.
    public func rootKey() throws -> AccessKey? {
        try row("SELECT \(Self.keyColumns) FROM access_key WHERE is_root = 1", [], Self.key)
    }

    /// All keys, or an account's.
    public func accessKeys(of account: String?) throws -> [AccessKey] {
        try rows(
            "SELECT \(Self.keyColumns) FROM access_key WHERE account = coalesce(?, account) ORDER BY account, created", [account], Self.key)
    }

    public func insert(_ key: AccessKey) throws {
        try execute(
            "INSERT INTO access_key (\(Self.keyColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key.id, key.secret, key.account, key.access.rawValue, key.isDisabled, key.isRoot, key.created.milliseconds])
    }

    /// Disables a key, or enables it again; false when there is none.
    public func setAccessKey(_ id: String, isDisabled: Bool) throws -> Bool {
        try execute("UPDATE access_key SET disabled = ? WHERE id = ?", [isDisabled, id]) > 0
    }

    /// False when there is none.
    public func deleteAccessKey(_ id: String) throws -> Bool {
        try execute("DELETE FROM access_key WHERE id = ?", [id]) > 0
    }

    private static let keyColumns = "id, secret, account, access, disabled, is_root, created"

    private static func key(_ row: Row) -> AccessKey? {
        guard let access = AccessLevel(rawValue: row[3]) else { return nil }
        var key = AccessKey(
            id: row[0], secret: row[1], account: row[2], access: access, isRoot: row[5], created: Date(milliseconds: row[6]))
        key.isDisabled = row[4]
        return key
    }

    private static func account(_ row: Row) -> Account {
        Account(id: row[0], organization: row[1], created: Date(milliseconds: row[2]))
    }
}
