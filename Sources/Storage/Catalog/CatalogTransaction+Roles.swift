import Foundation
import GRDB
import LambdaModel

/// An IAM role, kept because every deployment makes one. Nothing is enforced by it.
public struct Role: Sendable, Hashable, Codable {
    public var name: String
    /// `/`, or `/path/`.
    public var path: String
    /// `AROA…`.
    public var id: String
    public var account: String
    public var created: Date
    /// The trust policy, as it was given.
    public var trustPolicy: String
    public var description: String?
    /// Seconds.
    public var maximumSessionDuration: Int
    public var permissionsBoundary: String?
    public var tags: [String: String]
    /// Policy documents by name.
    public var inlinePolicies: [String: String]
    /// ARNs.
    public var attachedPolicies: [String]

    public init(name: String, path: String, id: String, account: String, created: Date, trustPolicy: String) {
        self.name = name
        self.path = path
        self.id = id
        self.account = account
        self.created = created
        self.trustPolicy = trustPolicy
        maximumSessionDuration = 3600
        tags = [:]
        inlinePolicies = [:]
        attachedPolicies = []
    }

    public var arn: String { "arn:aws:iam::\(account):role\(path)\(name)" }
}

extension CatalogTransaction {
    /// By the name as it was given; nil when there is none.
    public func role(_ account: String, _ name: String) throws -> Role? {
        try row("SELECT body FROM role WHERE account = ? AND name = ?", [account, name]) { try JSONColumn.decode(Role.self, $0[0]) }
    }

    /// Names are unique whatever their case.
    public func role(ignoringCase name: String, _ account: String) throws -> Role? {
        try row("SELECT body FROM role WHERE account = ? AND lower(name) = lower(?)", [account, name]) {
            try JSONColumn.decode(Role.self, $0[0])
        }
    }

    /// An account's roles behind a name, by name.
    public func roles(of account: String, after name: String, limit: Int) throws -> [Role] {
        try rows("SELECT body FROM role WHERE account = ? AND name > ? ORDER BY name LIMIT ?", [account, name, limit]) {
            try JSONColumn.decode(Role.self, $0[0])
        }
    }

    /// Records a role in place of the one of its name.
    public func put(_ role: Role) throws {
        try execute(
            "INSERT INTO role (account, name, body) VALUES (?, ?, ?) ON CONFLICT (account, name) DO UPDATE SET body = excluded.body",
            [role.account, role.name, try JSONColumn.encode(role)])
    }

    /// One that is not there is no error.
    public func deleteRole(_ account: String, _ name: String) throws {
        try execute("DELETE FROM role WHERE account = ? AND name = ?", [account, name])
    }
}
