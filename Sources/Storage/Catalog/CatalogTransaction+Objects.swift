import Foundation
import GRDB

/// A version of an object of the S3 surface: its bytes by hash, and what its uploader said of it.
public struct StoredObject: Sendable, Hashable {
    public var key: String
    /// `null` where the bucket had no versions when it was made.
    public var version: String
    /// Rises with each version of the key; the catalog gives it.
    public var sequence = 0
    public var isLatest: Bool
    /// Nil for a delete marker.
    public var sha256: String?
    /// Bytes.
    public var size: Int
    /// Without quotes: the MD5, or of a multipart upload the MD5 of its parts' and their count.
    public var etag: String
    /// Headers to give back: `content-type`, `x-amz-meta-…` and the like, in lower case.
    public var headers: [String: String]
    public var modified: Date
    /// The id of the multipart upload that it was made by.
    public var upload: String?

    public init(key: String, version: String, sha256: String?, size: Int, etag: String, headers: [String: String], modified: Date) {
        self.key = key
        self.version = version
        self.sha256 = sha256
        self.size = size
        self.etag = etag
        self.headers = headers
        self.modified = modified
        isLatest = true
    }

    /// The version of objects that were made without versions.
    public static let unversioned = "null"
}

extension CatalogTransaction {
    /// The latest version, unless it is a delete marker, or the one of an id.
    public func object(_ bucket: String, _ key: String, version: String? = nil) throws -> StoredObject? {
        guard let version else {
            return try row(
                "SELECT \(Self.objectColumns) FROM object WHERE bucket = ? AND key = ? AND is_latest = 1 AND sha256 IS NOT NULL",
                [bucket, key], Self.object)
        }
        return try row(
            "SELECT \(Self.objectColumns) FROM object WHERE bucket = ? AND key = ? AND version = ?", [bucket, key, version], Self.object)
    }

    /// The delete marker that is the key's latest version.
    public func deleteMarker(_ bucket: String, _ key: String) throws -> StoredObject? {
        try row(
            "SELECT \(Self.objectColumns) FROM object WHERE bucket = ? AND key = ? AND is_latest = 1 AND sha256 IS NULL", [bucket, key],
            Self.object)
    }

    /// The version that a multipart upload has made, as long as it is there.
    public func object(_ bucket: String, _ key: String, upload: String) throws -> StoredObject? {
        try row(
            "SELECT \(Self.objectColumns) FROM object WHERE bucket = ? AND key = ? AND upload = ?", [bucket, key, upload], Self.object)
    }

    /// Makes an object the key's latest, in place of the version of its id, and gives the hash that this dropped.
    public func put(_ object: StoredObject, in bucket: String) throws -> String? {
        let dropped = try removeVersion(bucket, object.key, object.version)
        try execute("UPDATE object SET is_latest = 0 WHERE bucket = ? AND key = ? AND is_latest = 1", [bucket, object.key])
        try execute(
            """
            INSERT INTO object (bucket, key, sequence, version, is_latest, sha256, size, etag, headers, modified, upload)
            VALUES (?, ?, 1 + coalesce((SELECT MAX(sequence) FROM object WHERE bucket = ? AND key = ?), 0), ?, 1, ?, ?, ?, ?, ?, ?)
            """,
            [
                bucket, object.key, bucket, object.key, object.version, object.sha256, object.size, object.etag,
                try JSONColumn.encode(object.headers), object.modified.milliseconds, object.upload,
            ])
        return dropped
    }

    /// Removes one version; the one before it becomes the latest. Gives what was removed.
    public func deleteVersion(_ bucket: String, _ key: String, _ version: String) throws -> StoredObject? {
        guard let object = try object(bucket, key, version: version) else { return nil }
        _ = try removeVersion(bucket, key, version)
        try execute(
            """
            UPDATE object SET is_latest = 1 WHERE bucket = :bucket AND key = :key
            AND sequence = (SELECT MAX(sequence) FROM object WHERE bucket = :bucket AND key = :key)
            """, ["bucket": bucket, "key": key])
        return object
    }

    /// A bucket's objects from a key on, by key.
    public func objects(in bucket: String, from key: String, including isIncluded: Bool, limit: Int) throws -> [StoredObject] {
        try rows(
            """
            SELECT \(Self.objectColumns) FROM object
            WHERE bucket = ? AND key \(isIncluded ? ">=" : ">") ? AND is_latest = 1 AND sha256 IS NOT NULL ORDER BY key LIMIT ?
            """, [bucket, key, limit], Self.object)
    }

    /// All versions and delete markers behind one of a key, by key, the newest first.
    public func objectVersions(in bucket: String, after key: String, _ sequence: Int, limit: Int) throws -> [StoredObject] {
        try rows(
            """
            SELECT \(Self.objectColumns) FROM object WHERE bucket = ? AND key >= ? AND (key > ? OR sequence < ?)
            ORDER BY key, sequence DESC LIMIT ?
            """, [bucket, key, key, sequence, limit], Self.object)
    }

    private func removeVersion(_ bucket: String, _ key: String, _ version: String) throws -> String? {
        try row("DELETE FROM object WHERE bucket = ? AND key = ? AND version = ? RETURNING sha256", [bucket, key, version]) { $0[0] }
    }

    private static let objectColumns = "key, version, is_latest, sha256, size, etag, headers, modified, sequence, upload"

    private static func object(_ row: Row) throws -> StoredObject {
        var object = StoredObject(
            key: row[0], version: row[1], sha256: row[3], size: row[4], etag: row[5],
            headers: try JSONColumn.decode([String: String].self, row[6]), modified: Date(milliseconds: row[7]))
        object.isLatest = row[2]
        object.sequence = row[8]
        object.upload = row[9]
        return object
    }
}
