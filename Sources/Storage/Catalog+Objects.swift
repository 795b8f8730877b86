import Foundation
import GRDB

/// A bucket of the S3 surface.
public struct Bucket: Sendable, Hashable {
    public var name: String
    public var account: String
    public var region: String

    public init(name: String, account: String, region: String) {
        self.name = name
        self.account = account
        self.region = region
    }
}

/// An object of the S3 surface: its bytes by hash, and what its uploader said of it.
public struct StoredObject: Sendable, Hashable {
    public var sha256: String
    /// Bytes.
    public var size: Int
    /// Without quotes: the MD5, or of a multipart upload the MD5 of its parts' and their count.
    public var etag: String
    /// Headers to give back: `content-type`, `x-amz-meta-…` and the like, in lower case.
    public var headers: [String: String]
    public var modified: Date

    public init(sha256: String, size: Int, etag: String, headers: [String: String], modified: Date) {
        self.sha256 = sha256
        self.size = size
        self.etag = etag
        self.headers = headers
        self.modified = modified
    }
}

/// A multipart upload that is under way.
public struct Upload: Sendable, Hashable {
    public var id: String
    public var bucket: String
    public var key: String
    public var headers: [String: String]

    public init(id: String, bucket: String, key: String, headers: [String: String]) {
        self.id = id
        self.bucket = bucket
        self.key = key
        self.headers = headers
    }

    /// One part of an upload.
    public struct Part: Sendable, Hashable {
        /// 1 to 10,000.
        public var number: Int
        public var sha256: String
        public var size: Int
        public var etag: String

        public init(number: Int, sha256: String, size: Int, etag: String) {
            self.number = number
            self.sha256 = sha256
            self.size = size
            self.etag = etag
        }
    }
}

extension Catalog {
    public func bucket(_ name: String) async throws -> Bucket? {
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT name, account, region FROM bucket WHERE name = ?", arguments: [name])
                .map { Bucket(name: $0[0], account: $0[1], region: $0[2]) }
        }
    }

    /// Records a bucket; false when the name is taken.
    public func insert(_ bucket: Bucket, created: Date) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO bucket (name, account, region, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [bucket.name, bucket.account, bucket.region, created.milliseconds])
            return database.changesCount > 0
        }
    }

    public func object(_ bucket: String, _ key: String) async throws -> StoredObject? {
        try await database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT sha256, size, etag, headers, modified FROM object WHERE bucket = ? AND key = ?",
                arguments: [bucket, key]
            ).map {
                StoredObject(
                    sha256: $0[0], size: $0[1], etag: $0[2], headers: try JSONColumn.decode([String: String].self, $0[3]),
                    modified: Date(milliseconds: $0[4]))
            }
        }
    }

    /// Records an object in place of what the key held; ends the upload that it was made by, if any.
    public func put(_ object: StoredObject, _ bucket: String, _ key: String, endingUpload upload: String? = nil) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO object (bucket, key, sha256, size, etag, headers, modified) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (bucket, key) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, etag = excluded.etag,
                    headers = excluded.headers, modified = excluded.modified
                    """,
                arguments: [
                    bucket, key, object.sha256, object.size, object.etag, try JSONColumn.encode(object.headers),
                    object.modified.milliseconds,
                ])
            if let upload { try database.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [upload]) }
        }
    }

    public func insert(_ upload: Upload, created: Date) async throws {
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO upload (id, bucket, key, headers, created) VALUES (?, ?, ?, ?, ?)",
                arguments: [upload.id, upload.bucket, upload.key, try JSONColumn.encode(upload.headers), created.milliseconds])
        }
    }

    public func upload(_ id: String, bucket: String, key: String) async throws -> Upload? {
        try await database.read { database in
            try String.fetchOne(
                database, sql: "SELECT headers FROM upload WHERE id = ? AND bucket = ? AND key = ?", arguments: [id, bucket, key]
            ).map { Upload(id: id, bucket: bucket, key: key, headers: try JSONColumn.decode([String: String].self, $0)) }
        }
    }

    /// Records a part in place of an earlier one of the same number.
    public func put(_ part: Upload.Part, of upload: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO upload_part (upload, number, sha256, size, etag) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (upload, number) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, etag = excluded.etag
                    """,
                arguments: [upload, part.number, part.sha256, part.size, part.etag])
        }
    }

    /// An upload's parts by number.
    public func parts(of upload: String) async throws -> [Upload.Part] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT number, sha256, size, etag FROM upload_part WHERE upload = ? ORDER BY number", arguments: [upload]
            ).map { Upload.Part(number: $0[0], sha256: $0[1], size: $0[2], etag: $0[3]) }
        }
    }

    /// Drops an upload and its parts; false when there was none.
    public func deleteUpload(_ id: String) async throws -> Bool {
        try await database.write { database in
            try database.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [id])
            return database.changesCount > 0
        }
    }
}
