import GRDB
import LambdaModel
import LaminaErrors

extension LogStore {
    private static let columns = "id, account, region, name, class, retention, tags, created, stored"

    /// - Returns: False where the group is there already.
    /// - Throws: ``LaminaError`` `limitExceeded`.
    public func createGroup(_ name: LogGroupName, logClass: String, tags: [String: String]) throws -> Bool {
        try change { database in
            guard try Self.group(name, database) == nil else { return false }
            _ = try makeGroup(name, logClass: logClass, tags: tags, in: database)
            return true
        }
    }

    /// Nil when there is none.
    public func group(_ name: LogGroupName) throws -> LogGroup? { try reading { try Self.group(name, $0) } }

    /// A scope's groups behind a name, by name.
    ///
    /// - Parameter part: What their names contain.
    public func groups(
        in scope: Scope, after name: String = "", prefix: String = "", containing part: String = "", logClass: String? = nil, limit: Int
    ) throws -> [LogGroup] {
        try reading { database in
            let sql = """
                SELECT \(Self.columns) FROM log_group
                WHERE account = ? AND region = ? AND name > ? AND name >= ? AND name < ? AND instr(name, ?) AND class = coalesce(?, class)
                ORDER BY name LIMIT ?
                """
            return try Row.fetchAll(
                database, sql: sql,
                arguments: [scope.account, scope.region, name, prefix, Self.end(ofPrefix: prefix), part, logClass, limit]
            ).map(Self.group)
        }
    }

    /// Removes a group and all its events; false when there is none.
    public func deleteGroup(_ name: LogGroupName) throws -> Bool {
        guard let group = try group(name) else { return false }
        let find = { (database: Database) in
            try Int64.fetchAll(database, sql: "SELECT id FROM segment WHERE log_group = ? LIMIT 256", arguments: [group.id])
        }
        try removeAll(find)
        return try change { database in
            // What came meanwhile, and has to go in this step.
            for segment in try Int64.fetchAll(database, sql: "SELECT id FROM segment WHERE log_group = ?", arguments: [group.id]) {
                files.remove(segment)
            }
            try database.execute(sql: "DELETE FROM log_group WHERE id = ?", arguments: [group.id])
            return true
        }
    }

    /// - Parameter days: Nil to keep events for ever.
    /// - Returns: False when there is no such group.
    public func setRetention(_ days: Int?, of name: LogGroupName) throws -> Bool {
        try change { database in
            guard let group = try Self.group(name, database) else { return false }
            try database.execute(sql: "UPDATE log_group SET retention = ? WHERE id = ?", arguments: [days, group.id])
            return true
        }
    }

    /// - Parameter change: Makes the new tags of the old; it may throw, and nothing has changed then.
    /// - Returns: False when there is no such group.
    public func changeTags(of name: LogGroupName, _ change: (inout [String: String]) throws -> Void) throws -> Bool {
        try self.change { database in
            guard var group = try Self.group(name, database) else { return false }
            try change(&group.tags)
            try database.execute(
                sql: "UPDATE log_group SET tags = ? WHERE id = ?", arguments: [try JSONColumn.encode(group.tags), group.id])
            return true
        }
    }

    private static func group(_ name: LogGroupName, _ database: Database) throws -> LogGroup? {
        try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM log_group WHERE account = ? AND region = ? AND name = ?",
            arguments: [name.scope.account, name.scope.region, name.name]
        ).map(group)
    }

    private static func group(_ row: Row) throws -> LogGroup {
        LogGroup(
            id: row[0], name: LogGroupName(scope: Scope(account: row[1], region: row[2]), name: row[3]), logClass: row[4],
            retention: row[5], tags: try JSONColumn.decode([String: String].self, row[6]), created: row[7], storedBytes: row[8])
    }
}
