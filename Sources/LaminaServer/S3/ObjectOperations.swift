import AWSWire
import Checksum
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Registry
import Storage
import SystemPackage

extension S3Service {
    func putObject(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        try Self.checkLength(key)
        let condition = try WritePrecondition(request.head)
        let headers = try Self.keptHeaders(request.head).merging(try ObjectEncryption.headers(request.head)) { $1 }
        let upload = try await ObjectUpload.receive(request, into: blobs, checksum: .crc64nvme)
        let checksum = upload.checksum?.headers ?? [:]
        let object = StoredObject(
            key: key, version: StoredObject.unversioned, sha256: upload.blob.digest.hexadecimal, size: upload.blob.size,
            etag: upload.etag, headers: headers.merging(checksum) { $1 }, modified: Date())
        let made = try await put(object, in: owner, condition)
        return Response(status: .ok, headers: Self.fields(checksum.merging(made.headers) { $1 }.merging(object.tag) { $1 }))
    }

    func getObject(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> Response {
        let (object, owner) = try requireObject(request, bucket, key)
        switch ReadPrecondition.evaluate(request.head, object) {
        case .failed(let condition): throw S3Error.preconditionFailed(condition)
        case .notModified:
            return Response(
                status: .notModified,
                headers: Self.fields(
                    object.tag.merging(versionHeaders(object, owner)) { $1 }
                        .merging(["last-modified": HTTPDate.format(object.modified)]) { $1 }))
        case .passed: break
        }
        var headers = object.headers.merging(versionHeaders(object, owner)) { $1 }
        for (name, value) in request.query.pairs where Self.chosenHeaders.contains(name) {
            headers[String(name.dropFirst("response-".count))] = value
        }
        return try content(of: object, headers, request, isPart: try ObjectPart.isWanted(request, of: object))
    }

    /// The tags that an object has, which are none: tools ask for them when they copy.
    func getObjectTagging(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> Response {
        let (object, owner) = try requireObject(request, bucket, key)
        return xml("Tagging", [XMLText.element("TagSet", [])], headers: versionHeaders(object, owner))
    }

    /// Finds and pins the object that a read names.
    ///
    /// - Throws: `APIError`, MethodNotAllowed for a delete marker among them.
    private func requireObject(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> (StoredObject, Bucket) {
        let owner = try requireBucket(bucket, request)
        let version = try version(request, owner)
        guard let object = try pinned(request, { try catalog.read { try $0.object(bucket, key, version: version) } }) else {
            guard version == nil else { throw S3Error.noSuchVersion(key, version ?? "") }
            var error = S3Error.noSuchKey(key)
            if let marker = try catalog.read({ try $0.deleteMarker(bucket, key) }) { error.headers = marker.markerHeaders }
            throw error
        }
        guard object.sha256 != nil else { throw S3Error.isDeleteMarker(object, method: request.head.method) }
        return (object, owner)
    }

    /// Queries that set a header of the answer.
    private static let chosenHeaders: Set = [
        "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires",
    ]

    /// The zip that a presigned content location names.
    func getContent(_ request: SignedRequest, _ route: S3Route) throws -> Response {
        guard request.isContentLocation, ContentLocations.owns(bucket: route.bucket),
            [.getObject, .headObject].contains(route.operation)
        else { throw S3Error.accessDenied }
        guard let sha256 = ContentLocations.sha256(key: route.key) else { throw S3Error.noSuchKey(route.key) }
        request.pins.pin(sha256)
        guard try catalog.look({ try $0.refers(to: sha256) }) else { throw S3Error.noSuchKey(route.key) }
        let size: Int
        switch try blobs.content(sha256) {
        case .memory(let bytes): size = bytes.count
        case .file(let path): size = try FileManager.default.attributesOfItem(atPath: path.string)[.size] as? Int ?? 0
        }
        let object = StoredObject(
            key: route.key, version: StoredObject.unversioned, sha256: sha256, size: size, etag: String(sha256.prefix(32)), headers: [:],
            modified: Date())
        return try content(of: object, ["content-type": "application/zip"], request)
    }

    /// - Throws: `APIError` KeyTooLongError beyond 1024 bytes.
    static func checkLength(_ key: String) throws {
        guard key.utf8.count <= 1024 else {
            throw S3Error.error(
                "KeyTooLongError", 400, "Your key is too long", ["Size": String(key.utf8.count), "MaxSizeAllowed": "1024"])
        }
    }
}

extension StoredObject {
    /// The header with its entity tag.
    var tag: [String: String] { ["etag": "\"\(etag)\""] }

    /// The headers that a delete marker has in the place of an object's.
    var markerHeaders: [String: String] { ["x-amz-delete-marker": "true", "x-amz-version-id": version] }
}
