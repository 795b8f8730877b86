import GRDB
import LambdaModel

extension CatalogTransaction {
    /// Nil when there is none.
    public func alias(_ scope: Scope, _ function: String, _ name: String) throws -> FunctionAlias? {
        try row(
            "SELECT body FROM function_alias \(Self.isOfFunction) AND name = ?", [scope.account, scope.region, function, name]
        ) { try JSONColumn.decode(FunctionAlias.self, $0[0]) }
    }

    /// A function's aliases behind a name, by name.
    public func aliases(_ scope: Scope, _ function: String, after name: String = "", limit: Int = .max) throws -> [FunctionAlias] {
        try rows(
            "SELECT body FROM function_alias \(Self.isOfFunction) AND name > ? ORDER BY name LIMIT ?",
            [scope.account, scope.region, function, name, limit]
        ) { try JSONColumn.decode(FunctionAlias.self, $0[0]) }
    }

    /// Records an alias in place of the one of its name.
    public func put(_ alias: FunctionAlias, _ scope: Scope, _ function: String) throws {
        try execute(
            """
            INSERT INTO function_alias (account, region, function, name, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, region, function, name) DO UPDATE SET body = excluded.body
            """, [scope.account, scope.region, function, alias.name, try JSONColumn.encode(alias)])
    }

    @discardableResult
    public func deleteAlias(_ scope: Scope, _ function: String, _ name: String) throws -> Bool {
        try execute("DELETE FROM function_alias \(Self.isOfFunction) AND name = ?", [scope.account, scope.region, function, name]) > 0
    }

    private static let isOfFunction = "WHERE account = ? AND region = ? AND function = ?"
}
