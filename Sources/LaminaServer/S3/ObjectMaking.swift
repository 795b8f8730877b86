import LambdaModel
import Storage

/// An object that a request has made, in the bucket as it was at that moment.
struct MadeObject: Sendable {
    var object: StoredObject
    var bucket: Bucket

    /// What the answer says of its encryption and of its version; nothing of that where versioning is suspended.
    var headers: [String: String] {
        let version = bucket.versioning == .enabled ? ["x-amz-version-id": object.version] : [:]
        return ObjectEncryption.headers(object.headers).merging(version) { $1 }
    }
}

extension S3Service {
    /// Makes an object its key's latest, as a version of its own where the bucket keeps versions.
    ///
    /// - Parameters:
    ///   - bucket: As it was when the request came.
    ///   - upload: The multipart upload that ends with it; of several that would end the same, the first has made the object.
    func put(
        _ object: StoredObject, in bucket: Bucket, _ condition: WritePrecondition, ending upload: String? = nil
    ) async throws -> MadeObject {
        let (made, dropped) = try await catalog.write { catalog -> (MadeObject, Set<String>) in
            let bucket = try catalog.renew(bucket)
            if let upload, let first = try catalog.object(bucket.name, object.key, upload: upload) {
                return (MadeObject(object: first, bucket: bucket), Set([object.sha256].compactMap(\.self)))
            }
            try condition.check(try catalog.object(bucket.name, object.key), object.key)
            var object = object
            object.version = Self.newVersion(bucket)
            var dropped = Set([try catalog.put(object, in: bucket.name)].compactMap(\.self))
            if let upload {
                guard let parts = try catalog.deleteUpload(upload) else { throw S3Error.noSuchUpload(upload) }
                dropped.formUnion(parts)
            }
            return (MadeObject(object: object, bucket: bucket), dropped)
        }
        await collector.consider(dropped)
        return made
    }
}

extension CatalogTransaction {
    /// The bucket as it is now: a body may be long in coming, and another account may have made the bucket anew since.
    ///
    /// - Throws: `APIError` NoSuchBucket, AccessDenied.
    @discardableResult
    func renew(_ bucket: Bucket) throws -> Bucket {
        guard let current = try self.bucket(bucket.name) else { throw S3Error.noSuchBucket(bucket.name) }
        guard current.account == bucket.account else { throw S3Error.accessDenied }
        return current
    }
}
