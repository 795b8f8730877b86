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

    public init(
        layer: LayerARN, sha256: String, size: Int, unzippedSize: Int, description: String?, licenseInfo: String?,
        compatibleRuntimes: [String]?, compatibleArchitectures: [String]?
    ) {
        self.layer = layer
        self.sha256 = sha256
        self.size = size
        self.unzippedSize = unzippedSize
        self.description = description
        self.licenseInfo = licenseInfo
        self.compatibleRuntimes = compatibleRuntimes
        self.compatibleArchitectures = compatibleArchitectures
    }
}

extension Catalog {
    /// Gives the layer its next number and records the version. A number is given once, whatever is deleted later.
    public func insert(_ new: NewLayerVersion, created: Date) async throws -> LayerVersion {
        try await database.write { database in
            let scope = new.layer.scope
            let version = try Int.fetchOne(
                database,
                sql: """
                    INSERT INTO layer (account, region, name, last_version) VALUES (?, ?, ?, 1)
                    ON CONFLICT (account, region, name) DO UPDATE SET last_version = last_version + 1
                    RETURNING last_version
                    """,
                arguments: [scope.account, scope.region, new.layer.name])
            guard let version else { throw DatabaseError(message: "no version number was given") }
            try database.execute(
                sql: """
                    INSERT INTO layer_version
                    (account, region, name, version, sha256, size, unzipped_size, description, license, runtimes, architectures, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    scope.account, scope.region, new.layer.name, version, new.sha256, new.size, new.unzippedSize, new.description,
                    new.licenseInfo, try new.compatibleRuntimes.map(JSONColumn.encode),
                    try new.compatibleArchitectures.map(JSONColumn.encode),
                    created.milliseconds,
                ])
            return LayerVersion(
                arn: LayerVersionARN(layer: new.layer, version: version), sha256: new.sha256, codeSize: new.size,
                unzippedSize: new.unzippedSize, description: new.description, licenseInfo: new.licenseInfo,
                compatibleRuntimes: new.compatibleRuntimes, compatibleArchitectures: new.compatibleArchitectures,
                created: Date(milliseconds: created.milliseconds))
        }
    }

    /// A version that is not deleted.
    public func layerVersion(_ arn: LayerVersionARN) async throws -> LayerVersion? {
        let layer = arn.layer
        return try await database.read { database in
            try Self.versions(
                database, "account = ? AND region = ? AND name = ? AND version = ?",
                [layer.scope.account, layer.scope.region, layer.name, arn.version]
            ).first
        }
    }

    /// A layer's versions, newest first, below a number.
    public func layerVersions(_ layer: LayerARN, below version: Int?) async throws -> [LayerVersion] {
        try await database.read { database in
            try Self.versions(
                database, "account = ? AND region = ? AND name = ? AND version < ? ORDER BY version DESC",
                [layer.scope.account, layer.scope.region, layer.name, version ?? Int.max])
        }
    }

    /// The versions of all layers of a scope behind a name, by name, each layer's newest first.
    public func layerVersions(in scope: Scope, after name: String) async throws -> [LayerVersion] {
        try await database.read { database in
            try Self.versions(
                database, "account = ? AND region = ? AND name > ? ORDER BY name, version DESC", [scope.account, scope.region, name])
        }
    }

    /// Marks a version as deleted; false when there was none.
    @discardableResult
    public func deleteLayerVersion(_ arn: LayerVersionARN) async throws -> Bool {
        let layer = arn.layer
        return try await database.write { database in
            try database.execute(
                sql: "UPDATE layer_version SET deleted = 1 WHERE account = ? AND region = ? AND name = ? AND version = ? AND deleted = 0",
                arguments: [layer.scope.account, layer.scope.region, layer.name, arn.version])
            return database.changesCount > 0
        }
    }

    private static func versions(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [LayerVersion] {
        let sql = """
            SELECT account, region, name, version, sha256, size, unzipped_size, description, license, runtimes, architectures, created
            FROM layer_version WHERE deleted = 0 AND \(condition)
            """
        return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map { row in
            LayerVersion(
                arn: LayerVersionARN(layer: LayerARN(scope: Scope(account: row[0], region: row[1]), name: row[2]), version: row[3]),
                sha256: row[4], codeSize: row[5], unzippedSize: row[6], description: row[7], licenseInfo: row[8],
                compatibleRuntimes: try (row[9] as String?).map { try JSONColumn.decode([String].self, $0) },
                compatibleArchitectures: try (row[10] as String?).map { try JSONColumn.decode([String].self, $0) },
                created: Date(milliseconds: row[11]))
        }
    }
}
