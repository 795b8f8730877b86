import Foundation
import GRDB

/// A multipart upload that is under way.
public struct Upload: Sendable, Hashable {
    public var id: String
    public var bucket: String
    public var key: String
    public var headers: [String: String]
    public var created: Date

    public init(id: String, bucket: String, key: String, headers: [String: String], created: Date) {
        self.id = id
        self.bucket = bucket
        self.key = key
        self.headers = headers
        self.created = created
    }

    /// One part of an upload.
    public struct Part: Sendable, Hashable {
        /// 1 to 10,000.
        public var number: Int
        public var sha256: String
        public var size: Int
        public var etag: String
        /// Base64, of the upload's checksum algorithm.
        public var checksum: String?
        public var modified: Date

        public init(number: Int, sha256: String, size: Int, etag: String, checksum: String?, modified: Date) {
            self.number = number
            self.sha256 = sha256
            self.size = size
            self.etag = etag
            self.checksum = checksum
            self.modified = modified
        }
    }
}

extension CatalogTransaction {
    /// Records an upload that has no parts yet.
    public func insert(_ upload: Upload) throws {
        try execute(
            "INSERT INTO upload (id, bucket, key, headers, created) VALUES (?, ?, ?, ?, ?)",
            [upload.id, upload.bucket, upload.key, try JSONColumn.encode(upload.headers), upload.created.milliseconds])
    }

    /// Nil where there is none of this id for this key.
    public func upload(_ id: String, bucket: String, key: String) throws -> Upload? {
        try row(
            "SELECT id, bucket, key, headers, created FROM upload WHERE id = ? AND bucket = ? AND key = ?", [id, bucket, key], Self.upload)
    }

    /// A bucket's uploads behind a key and id, by both.
    public func uploads(in bucket: String, after key: String, _ id: String, limit: Int) throws -> [Upload] {
        try rows(
            "SELECT id, bucket, key, headers, created FROM upload WHERE bucket = ? AND (key, id) > (?, ?) ORDER BY key, id LIMIT ?",
            [bucket, key, id, limit], Self.upload)
    }

    /// Records a part in place of an earlier one of the same number, and gives the hash that this dropped; throws when the upload is gone.
    public func put(_ part: Upload.Part, of upload: String) throws -> String? {
        let dropped: String? = try row("SELECT sha256 FROM upload_part WHERE upload = ? AND number = ?", [upload, part.number]) { $0[0] }
        try execute(
            """
            INSERT INTO upload_part (upload, number, sha256, size, etag, checksum, modified) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (upload, number) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, etag = excluded.etag,
            checksum = excluded.checksum, modified = excluded.modified
            """, [upload, part.number, part.sha256, part.size, part.etag, part.checksum, part.modified.milliseconds])
        return dropped
    }

    /// An upload's parts behind a number, by number.
    public func parts(of upload: String, after number: Int = 0, limit: Int = .max) throws -> [Upload.Part] {
        try rows(
            """
            SELECT number, sha256, size, etag, checksum, modified FROM upload_part WHERE upload = ? AND number > ? ORDER BY number LIMIT ?
            """, [upload, number, limit]
        ) {
            Upload.Part(number: $0[0], sha256: $0[1], size: $0[2], etag: $0[3], checksum: $0[4], modified: Date(milliseconds: $0[5]))
        }
    }

    /// Drops an upload, and gives the hashes of its parts; nil when there was none.
    public func deleteUpload(_ id: String) throws -> Set<String>? {
        let parts = try parts(of: id).map(\.sha256)
        return try execute("DELETE FROM upload WHERE id = ?", [id]) > 0 ? Set(parts) : nil
    }

    private static func upload(_ row: Row) throws -> Upload {
        Upload(
            id: row[0], bucket: row[1], key: row[2], headers: try JSONColumn.decode([String: String].self, row[3]),
            created: Date(milliseconds: row[4]))
    }
}
