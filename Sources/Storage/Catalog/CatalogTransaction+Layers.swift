import Foundation
import GRDB
import LambdaModel

/// What a publish gives; the catalog adds the number.
public struct NewLayerVersion: Sendable {
    public var layer: LayerARN
    public var sha256: String
    public var size: Int
    public var unzippedSize: Int
    public var description: String?
    public var licenseInfo: String?
    public var compatibleRuntimes: [String]?
    public var compatibleArchitectures: [String]?
    public var source: ObjectReference?

    public init(layer: LayerARN, sha256: String, size: Int, unzippedSize: Int) {
        self.layer = layer
        self.sha256 = sha256
        self.size = size
        self.unzippedSize = unzippedSize
    }
}

/// Which versions a list is to show.
public struct CompatibilityFilter: Sendable {
    public var runtime: String?
    public var architecture: String?

    public init(runtime: String? = nil, architecture: String? = nil) {
        self.runtime = runtime
        self.architecture = architecture
    }
}

extension CatalogTransaction {
    /// Gives the layer its next number and records the version. A number is given once, whatever is deleted later.
    public func insert(_ new: NewLayerVersion, created: Date) throws -> LayerVersion {
        let scope = new.layer.scope
        let number: Int? = try row(
            """
            INSERT INTO layer (account, region, name, last_version, latest) VALUES (?, ?, ?, 1, 1)
            ON CONFLICT (account, region, name) DO UPDATE SET last_version = last_version + 1, latest = last_version + 1
            RETURNING last_version
            """, [scope.account, scope.region, new.layer.name]
        ) { $0[0] }
        guard let number else { throw DatabaseError(message: "no version number was given") }
        try execute(
            """
            INSERT INTO layer_version
            (account, region, name, version, sha256, size, unzipped_size, description, license, runtimes, architectures, created, source)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                scope.account, scope.region, new.layer.name, number, new.sha256, new.size, new.unzippedSize, new.description,
                new.licenseInfo, ListColumn.encode(new.compatibleRuntimes), ListColumn.encode(new.compatibleArchitectures),
                created.milliseconds, try new.source.map { try JSONColumn.encode($0) },
            ])
        try addCode(new.size, in: scope)
        return LayerVersion(
            arn: LayerVersionARN(layer: new.layer, version: number), sha256: new.sha256, codeSize: new.size,
            unzippedSize: new.unzippedSize, description: new.description, licenseInfo: new.licenseInfo,
            compatibleRuntimes: new.compatibleRuntimes, compatibleArchitectures: new.compatibleArchitectures,
            created: created.inWholeMilliseconds, source: new.source)
    }

    public func layerVersion(_ arn: LayerVersionARN) throws -> LayerVersion? {
        try row("SELECT \(Self.versionColumns) FROM layer_version v WHERE \(Self.isVersion)", Self.arguments(arn), Self.version)
    }

    /// A layer's versions, newest first, below a number.
    public func layerVersions(
        _ layer: LayerARN, below version: Int?, _ filter: CompatibilityFilter = CompatibilityFilter(), limit: Int
    ) throws -> [LayerVersion] {
        let conditions = Self.conditions(filter)
        return try rows(
            """
            SELECT \(Self.versionColumns) FROM layer_version v
            WHERE v.account = ? AND v.region = ? AND v.name = ? AND v.version < ?\(conditions.sql)
            ORDER BY v.version DESC LIMIT ?
            """, [layer.scope.account, layer.scope.region, layer.name, version ?? Int.max] + conditions.arguments + [limit], Self.version)
    }

    /// The newest version, among those that the filter admits, of each layer of a scope behind a name, by name.
    public func latestLayerVersions(
        in scope: Scope, after name: String, _ filter: CompatibilityFilter = CompatibilityFilter(), limit: Int
    ) throws -> [LayerVersion] {
        let conditions = Self.conditions(filter)
        let latest =
            conditions.sql.isEmpty
            ? "l.latest"
            : """
            (SELECT v.version FROM layer_version v WHERE v.account = l.account AND v.region = l.region AND v.name = l.name\(conditions.sql)
            ORDER BY v.version DESC LIMIT 1)
            """
        return try rows(
            """
            SELECT \(Self.versionColumns) FROM layer l
            JOIN layer_version v ON v.account = l.account AND v.region = l.region AND v.name = l.name AND v.version = \(latest)
            WHERE l.account = ? AND l.region = ? AND l.name > ? AND l.latest IS NOT NULL ORDER BY l.name LIMIT ?
            """, conditions.arguments + [scope.account, scope.region, name, limit], Self.version)
    }

    /// Removes a version and gives the hash of its bytes; nil when there was none.
    public func deleteLayerVersion(_ arn: LayerVersionARN) throws -> String? {
        let layer = arn.layer
        guard
            let (sha256, size) = try row(
                "DELETE FROM layer_version AS v WHERE \(Self.isVersion) RETURNING sha256, size", Self.arguments(arn),
                { ($0[0] as String, $0[1] as Int) })
        else { return nil }
        try execute(
            """
            UPDATE layer SET latest = (
                SELECT MAX(version) FROM layer_version v WHERE v.account = layer.account AND v.region = layer.region AND v.name = layer.name
            ) WHERE account = ? AND region = ? AND name = ?
            """, [layer.scope.account, layer.scope.region, layer.name])
        try addCode(-size, in: layer.scope)
        return sha256
    }

    /// The policy of a version; nil when it has none, or there is no such version.
    public func policy(of arn: LayerVersionARN) throws -> ResourcePolicy? {
        try row("SELECT policy FROM layer_version v WHERE \(Self.isVersion)", Self.arguments(arn)) {
            try ($0[0] as String?).map { try JSONColumn.decode(ResourcePolicy.self, $0) }
        }
    }

    /// Sets or drops the policy of a version that exists.
    public func setPolicy(_ policy: ResourcePolicy?, of arn: LayerVersionARN) throws {
        try execute(
            "UPDATE layer_version AS v SET policy = ? WHERE \(Self.isVersion)",
            [try policy.map { try JSONColumn.encode($0) }] + Self.arguments(arn))
    }

    private static let versionColumns = """
        v.account, v.region, v.name, v.version, v.sha256, v.size, v.unzipped_size, v.description, v.license, v.runtimes, v.architectures, \
        v.created, v.source
        """

    private static let isVersion = "v.account = ? AND v.region = ? AND v.name = ? AND v.version = ?"

    private static func arguments(_ arn: LayerVersionARN) -> StatementArguments {
        [arn.layer.scope.account, arn.layer.scope.region, arn.layer.name, arn.version]
    }

    private static func conditions(_ filter: CompatibilityFilter) -> (sql: String, arguments: StatementArguments) {
        var sql = ""
        var arguments: StatementArguments = []
        for (column, value) in [("runtimes", filter.runtime), ("architectures", filter.architecture)] {
            guard let value else { continue }
            sql += " AND v.\(column) LIKE ?"
            arguments += [ListColumn.pattern(value)]
        }
        return (sql, arguments)
    }

    private static func version(_ row: Row) throws -> LayerVersion {
        LayerVersion(
            arn: LayerVersionARN(layer: LayerARN(scope: Scope(account: row[0], region: row[1]), name: row[2]), version: row[3]),
            sha256: row[4], codeSize: row[5], unzippedSize: row[6], description: row[7], licenseInfo: row[8],
            compatibleRuntimes: ListColumn.decode(row[9]), compatibleArchitectures: ListColumn.decode(row[10]),
            created: Date(milliseconds: row[11]),
            source: try (row[12] as String?).map { try JSONColumn.decode(ObjectReference.self, $0) })
    }
}
