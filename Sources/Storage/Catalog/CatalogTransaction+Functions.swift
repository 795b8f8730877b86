import Foundation
import GRDB
import LambdaModel

/// A function apart from its versions.
public struct FunctionRecord: Sendable {
    /// The number that was last published; 0 for none.
    public var lastVersion: Int
    /// Nil where none is reserved.
    public var reservedConcurrency: Int?
    public var attributes: FunctionAttributes

    public init(lastVersion: Int = 0, reservedConcurrency: Int? = nil, attributes: FunctionAttributes = FunctionAttributes()) {
        self.lastVersion = lastVersion
        self.reservedConcurrency = reservedConcurrency
        self.attributes = attributes
    }
}

extension CatalogTransaction {
    // MARK: The function itself

    /// Nil for no such function.
    public func functionRecord(_ scope: Scope, _ name: String) throws -> FunctionRecord? {
        try row(
            "SELECT last_version, reserved_concurrency, attributes FROM function \(Self.isFunction)", [scope.account, scope.region, name]
        ) {
            FunctionRecord(
                lastVersion: $0[0], reservedConcurrency: $0[1], attributes: try JSONColumn.decode(FunctionAttributes.self, $0[2]))
        }
    }

    /// What is reserved of the account's concurrency: nil where nothing is, or no such function.
    public func reservedConcurrency(_ scope: Scope, _ name: String) throws -> Int? {
        try row("SELECT reserved_concurrency FROM function \(Self.isFunction)", [scope.account, scope.region, name]) { $0[0] }
    }

    /// The sum of what is reserved in a scope by all functions but one.
    public func reservedConcurrency(in scope: Scope, besides name: String) throws -> Int {
        try row(
            "SELECT coalesce(SUM(reserved_concurrency), 0) FROM function WHERE account = ? AND region = ? AND name <> ?",
            [scope.account, scope.region, name]
        ) { $0[0] } ?? 0
    }

    public func countFunctions(in scope: Scope) throws -> Int {
        try row("SELECT COUNT(*) FROM function WHERE account = ? AND region = ?", [scope.account, scope.region]) { $0[0] } ?? 0
    }

    /// Makes a function without versions yet; its first has the number behind the last of an earlier function of the name. False when
    /// the name is taken.
    public func insertFunction(_ scope: Scope, _ name: String, _ attributes: FunctionAttributes) throws -> Bool {
        try execute(
            """
            INSERT INTO function (account, region, name, last_version, attributes) VALUES (?1, ?2, ?3,
                coalesce((SELECT last_version FROM deleted_function WHERE account = ?1 AND region = ?2 AND name = ?3), 0), ?4)
            ON CONFLICT DO NOTHING
            """, [scope.account, scope.region, name, try JSONColumn.encode(attributes)]) > 0
    }

    /// Records a function that is there in place of what it was.
    public func update(_ record: FunctionRecord, _ scope: Scope, _ name: String) throws {
        try execute(
            "UPDATE function SET last_version = ?, reserved_concurrency = ?, attributes = ? \(Self.isFunction)",
            [
                record.lastVersion, record.reservedConcurrency, try JSONColumn.encode(record.attributes), scope.account, scope.region, name,
            ])
    }

    /// Removes a function with its versions and aliases, and gives the hashes that they referred to; nil when there was none.
    public func deleteFunction(_ scope: Scope, _ name: String) throws -> Set<String>? {
        guard try exists("SELECT 1 FROM function \(Self.isFunction)", [scope.account, scope.region, name]) else { return nil }
        var dropped: Set<String> = []
        let versions = try rows("SELECT version FROM function_version \(Self.isFunction)", [scope.account, scope.region, name]) {
            $0[0] as Int
        }
        for version in versions { dropped.formUnion(try deleteFunctionVersion(scope, name, version)) }
        try execute(
            """
            INSERT OR REPLACE INTO deleted_function (account, region, name, last_version)
            SELECT account, region, name, last_version FROM function \(Self.isFunction) AND last_version > 0
            """, [scope.account, scope.region, name])
        try execute("DELETE FROM function \(Self.isFunction)", [scope.account, scope.region, name])
        return dropped
    }

    // MARK: Its versions

    /// Those that are invoked again and again.
    private static let decoded = DecodedColumns<LambdaFunction>(limit: 256)

    /// A version; 0 is $LATEST.
    public func function(_ scope: Scope, _ name: String, version: Int = 0) throws -> LambdaFunction? {
        try row(
            "SELECT body FROM function_version \(Self.isFunction) AND version = ?", [scope.account, scope.region, name, version]
        ) { try Self.decoded.value($0[0]) }
    }

    /// A function's versions behind a number, rising: $LATEST first.
    public func versions(_ scope: Scope, _ name: String, after version: Int, limit: Int) throws -> [LambdaFunction] {
        try rows(
            "SELECT body FROM function_version \(Self.isFunction) AND version > ? ORDER BY version LIMIT ?",
            [scope.account, scope.region, name, version, limit]
        ) { try JSONColumn.decode(LambdaFunction.self, $0[0]) }
    }

    /// A scope's functions behind a name, by name.
    public func functions(in scope: Scope, after name: String, limit: Int) throws -> [LambdaFunction] {
        try rows(
            "SELECT body FROM function_version WHERE account = ? AND region = ? AND name > ? AND version = 0 ORDER BY name LIMIT ?",
            [scope.account, scope.region, name, limit]
        ) { try JSONColumn.decode(LambdaFunction.self, $0[0]) }
    }

    /// All versions of a scope's functions behind a name and version, by both.
    public func allVersions(in scope: Scope, after name: String, _ version: Int, limit: Int) throws -> [LambdaFunction] {
        try rows(
            """
            SELECT body FROM function_version WHERE account = ? AND region = ? AND (name, version) > (?, ?) ORDER BY name, version LIMIT ?
            """, [scope.account, scope.region, name, version, limit]
        ) { try JSONColumn.decode(LambdaFunction.self, $0[0]) }
    }

    /// Records a version in place of the one of its number, and gives the hashes that are no longer referred to by it.
    @discardableResult
    public func put(_ function: LambdaFunction) throws -> Set<String> {
        let dropped = try deleteFunctionVersion(function.scope, function.name, function.version)
        try execute(
            "INSERT INTO function_version (account, region, name, version, code_sha256, code_size, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                function.account, function.region, function.name, function.version, function.code.sha256, function.code.size,
                try JSONColumn.encode(function),
            ])
        for (position, layer) in function.layers.enumerated() {
            try execute(
                "INSERT INTO function_layer (account, region, name, version, position, sha256) VALUES (?, ?, ?, ?, ?, ?)",
                [function.account, function.region, function.name, function.version, position, layer.sha256])
        }
        try addCode(function.code.size, in: function.scope)
        return dropped.subtracting([function.code.sha256] + function.layers.map(\.sha256))
    }

    /// Removes a version and gives the hashes that it referred to.
    public func deleteFunctionVersion(_ scope: Scope, _ name: String, _ version: Int) throws -> Set<String> {
        let arguments: StatementArguments = [scope.account, scope.region, name, version]
        let layers = try rows("SELECT sha256 FROM function_layer \(Self.isFunction) AND version = ?", arguments) { $0[0] as String }
        guard
            let (code, size) = try row(
                "DELETE FROM function_version \(Self.isFunction) AND version = ? RETURNING code_sha256, code_size", arguments,
                { ($0[0] as String, $0[1] as Int) })
        else { return [] }
        try addCode(-size, in: scope)
        return Set(layers + [code])
    }

    private static let isFunction = "WHERE account = ? AND region = ? AND name = ?"
}
