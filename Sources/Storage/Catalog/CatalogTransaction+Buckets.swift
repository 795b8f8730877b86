import Foundation
import GRDB

/// A bucket of the S3 surface.
public struct Bucket: Sendable, Hashable {
    public var name: String
    public var account: String
    public var region: String
    /// Nil until versioning was first set.
    public var versioning: Versioning?
    public var created: Date

    public init(name: String, account: String, region: String, created: Date) {
        self.name = name
        self.account = account
        self.region = region
        self.created = created
    }

    public enum Versioning: String, Sendable, Hashable, CaseIterable {
        case enabled = "Enabled"
        case suspended = "Suspended"
    }
}

extension CatalogTransaction {
    /// Of any account; nil when there is none.
    public func bucket(_ name: String) throws -> Bucket? {
        try row("SELECT name, account, region, versioning, created FROM bucket WHERE name = ?", [name], Self.bucket)
    }

    /// An account's buckets behind a name, by name; all, or those of a prefix, or of a region.
    public func buckets(
        of account: String, after name: String = "", prefix: String = "", region: String? = nil, limit: Int
    ) throws -> [Bucket] {
        try rows(
            """
            SELECT name, account, region, versioning, created FROM bucket
            WHERE account = ? AND name > ? AND name >= ? AND name < ? AND region = coalesce(?, region) ORDER BY name LIMIT ?
            """, [account, name, prefix, prefix + "\u{10FFFF}", region, limit], Self.bucket)
    }

    /// Records a bucket; false when the name is taken.
    public func insert(_ bucket: Bucket) throws -> Bool {
        try execute(
            "INSERT INTO bucket (name, account, region, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [bucket.name, bucket.account, bucket.region, bucket.created.milliseconds]) > 0
    }

    public func setVersioning(_ versioning: Bucket.Versioning, of bucket: String) throws {
        try execute("UPDATE bucket SET versioning = ? WHERE name = ?", [versioning.rawValue, bucket])
    }

    /// Removes a bucket with its unfinished uploads, and gives the hashes of their parts; nil while it holds any version of an object.
    public func deleteBucket(_ name: String) throws -> Set<String>? {
        guard try !exists("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", [name]) else { return nil }
        var dropped: Set<String> = []
        let uploads = try rows("SELECT id FROM upload WHERE bucket = ?", [name]) { $0[0] as String }
        for upload in uploads { dropped.formUnion(try deleteUpload(upload) ?? []) }
        try execute("DELETE FROM bucket WHERE name = ?", [name])
        return dropped
    }

    private static func bucket(_ row: Row) -> Bucket {
        var bucket = Bucket(name: row[0], account: row[1], region: row[2], created: Date(milliseconds: row[4]))
        bucket.versioning = (row[3] as String?).flatMap(Bucket.Versioning.init)
        return bucket
    }
}
