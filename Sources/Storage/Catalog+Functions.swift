import Foundation
import GRDB
import LambdaModel

extension Catalog {
    /// The function of a name. Waits for the disk on this thread: a look-up takes less than a change of threads.
    public func function(_ scope: Scope, _ name: String) throws -> LambdaFunction? {
        try database.read { try Self.function($0, scope, name) }
    }

    /// A scope's functions behind a name, by name, at most `limit`.
    public func functions(in scope: Scope, after name: String, limit: Int) async throws -> [LambdaFunction] {
        try await database.read { database in
            try String.fetchAll(
                database, sql: "SELECT body FROM function WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
                arguments: [scope.account, scope.region, name, limit]
            ).map { try JSONColumn.decode(LambdaFunction.self, $0) }
        }
    }

    /// Records a new function; false when the name is taken.
    public func insert(_ function: LambdaFunction) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO function (account, region, name, code_sha256, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [function.account, function.region, function.name, function.code.sha256, try JSONColumn.encode(function)])
            guard database.changesCount > 0 else { return false }
            try Self.insertLayers(of: function, database)
            return true
        }
    }

    /// Changes a function in one transaction; nil when there is none.
    public func updateFunction(
        _ scope: Scope, _ name: String, _ change: @escaping @Sendable (inout LambdaFunction) throws -> Void
    ) async throws -> LambdaFunction? {
        try await database.write { database in
            guard var function = try Self.function(database, scope, name) else { return nil }
            try change(&function)
            try database.execute(
                sql: "UPDATE function SET code_sha256 = ?, body = ? WHERE account = ? AND region = ? AND name = ?",
                arguments: [function.code.sha256, try JSONColumn.encode(function), scope.account, scope.region, name])
            try database.execute(
                sql: "DELETE FROM function_layer WHERE account = ? AND region = ? AND function = ?",
                arguments: [scope.account, scope.region, name])
            try Self.insertLayers(of: function, database)
            return function
        }
    }

    /// Removes a function; false when there was none.
    public func deleteFunction(_ scope: Scope, _ name: String) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM function WHERE account = ? AND region = ? AND name = ?", arguments: [scope.account, scope.region, name])
            return database.changesCount > 0
        }
    }

    private static func function(_ database: Database, _ scope: Scope, _ name: String) throws -> LambdaFunction? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT body FROM function WHERE account = ? AND region = ? AND name = ?"),
            arguments: [scope.account, scope.region, name]
        ).map { try JSONColumn.decode(LambdaFunction.self, $0) }
    }

    private static func insertLayers(of function: LambdaFunction, _ database: Database) throws {
        for (position, layer) in function.layers.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO function_layer (account, region, function, position, layer_version_arn, sha256) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [function.account, function.region, function.name, position, layer.arn, layer.sha256])
        }
    }
}
