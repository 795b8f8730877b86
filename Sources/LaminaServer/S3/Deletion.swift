import AWSWire
import Foundation
import LambdaModel
import Storage

/// A key, or a version of it, that is to be deleted.
struct DeletionTarget: Sendable {
    var key: String
    /// Nil for the key itself.
    var version: String?
    /// Of the object that it must be, or `*` for any.
    var etag: String?

    init(key: String, version: String?, etag: String?) {
        self.key = key
        self.version = version
        self.etag = etag
    }

    /// An `Object` of DeleteObjects.
    ///
    /// - Throws: `APIError` MalformedXML.
    init(_ element: XMLTree) throws {
        guard let key = element.children.first(where: { $0.name == "Key" })?.text, !key.isEmpty else { throw S3Error.malformedXML }
        self.init(key: key, version: element.text("VersionId"), etag: element.text("ETag"))
    }

    /// Removes a version for good; without one, removes the key or, where versions are kept, hides it behind a delete marker.
    ///
    /// - Throws: `APIError` PreconditionFailed.
    func delete(from bucket: Bucket, _ catalog: CatalogTransaction) throws -> Deletion {
        if let etag {
            guard let object = try catalog.object(bucket.name, key, version: version), ReadPrecondition.matches(etag, object) else {
                throw S3Error.preconditionFailed("If-Match")
            }
        }
        var deletion = Deletion()
        guard version == nil, bucket.versioning != nil else {
            let removed = try catalog.deleteVersion(bucket.name, key, version ?? StoredObject.unversioned)
            deletion.version = version
            deletion.isMarker = removed.map { $0.sha256 == nil } ?? false
            deletion.dropped = Set([removed?.sha256].compactMap(\.self))
            return deletion
        }
        let marker = StoredObject(
            key: key, version: S3Service.newVersion(bucket), sha256: nil, size: 0, etag: "", headers: [:], modified: Date())
        deletion.dropped = Set([try catalog.put(marker, in: bucket.name)].compactMap(\.self))
        deletion.version = marker.version
        deletion.isMarker = true
        return deletion
    }

    /// The same as one of many, where S3 refuses a version that is not there.
    ///
    /// - Throws: `APIError` NoSuchVersion, PreconditionFailed.
    func deleteKnown(from bucket: Bucket, _ catalog: CatalogTransaction) throws -> Deletion {
        if let version, version != StoredObject.unversioned, try catalog.object(bucket.name, key, version: version) == nil {
            throw S3Error.noSuchVersion(key, version)
        }
        return try delete(from: bucket, catalog)
    }
}

/// What became of a key that was to be deleted.
struct Deletion: Sendable {
    /// The hashes that nothing of the key refers to any more.
    var dropped: Set<String> = []
    /// The version that was removed or, when a marker was put in its place, the marker's.
    var version: String?
    /// Whether that version is a delete marker.
    var isMarker = false

    var markerElements: [String] {
        guard isMarker else { return [] }
        return [XMLText.element("DeleteMarker", "true"), XMLText.element("DeleteMarkerVersionId", version ?? "")]
    }
}
