import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Registry
import Storage

/// The part of S3 that carries layer and function zips.
struct S3Service: Sendable {
    let catalog: Catalog
    let blobs: any BlobStore
    let collector: BlobCollector
    /// Of completions of one upload, so that a client that asks again does not have all its parts joined again.
    let completions = KeyedTurns()

    func respond(to request: SignedRequest) async throws -> Response {
        let route = try S3Route(request.head, request.query)
        let (bucket, key) = (route.bucket, route.key)
        if ContentLocations.owns(bucket: bucket) || request.isContentLocation { return try getContent(request, route) }
        guard request.caller.access.allows("s3:\(route.operation.rawValue)") else { throw S3Error.accessDenied }
        try UnservedHeaders.check(request.head)
        switch route.operation {
        case .listBuckets: return try listBuckets(request)
        case .createBucket: return try await createBucket(request, bucket)
        case .headBucket: return try headBucket(request, bucket)
        case .deleteBucket: return try await deleteBucket(request, bucket)
        case .getBucketLocation: return try getBucketLocation(request, bucket)
        case .getBucketVersioning: return try getBucketVersioning(request, bucket)
        case .putBucketVersioning: return try await putBucketVersioning(request, bucket)
        case .listObjects: return try listObjects(request, bucket)
        case .listObjectsV2: return try listObjectsV2(request, bucket)
        case .listObjectVersions: return try listObjectVersions(request, bucket)
        case .listMultipartUploads: return try listUploads(request, bucket)
        case .deleteObjects: return try await deleteObjects(request, bucket)
        case .putObject: return try await putObject(request, bucket, key)
        case .copyObject: return try await copyObject(request, bucket, key)
        case .getObject, .headObject: return try getObject(request, bucket, key)
        case .getObjectTagging: return try getObjectTagging(request, bucket, key)
        case .deleteObject: return try await deleteObject(request, bucket, key)
        case .createMultipartUpload: return try await createUpload(request, bucket, key)
        case .uploadPart: return try await uploadPart(request, bucket, key)
        case .uploadPartCopy: return try await uploadPartCopy(request, bucket, key)
        case .listParts: return try listParts(request, bucket, key)
        case .completeMultipartUpload: return try await completeUpload(request, bucket, key)
        case .abortMultipartUpload: return try await abortUpload(request, bucket, key)
        }
    }

    /// A bucket that the caller owns.
    ///
    /// - Parameter header: The one that may say whose bucket the caller expects.
    @discardableResult
    func requireBucket(_ name: String, _ request: SignedRequest, owner header: String = "x-amz-expected-bucket-owner") throws -> Bucket {
        guard let bucket = try catalog.read({ try $0.bucket(name) }) else { throw S3Error.noSuchBucket(name) }
        guard bucket.account == request.caller.scope.account, bucket.account == request.head.header(header) ?? bucket.account else {
            throw S3Error.accessDenied
        }
        return bucket
    }

    /// Finds an object and pins its bytes, which may be collected between the one and the other: then it is looked for again.
    func pinned(_ request: SignedRequest, _ find: () throws -> StoredObject?) rethrows -> StoredObject? {
        var found = try find()
        while let sha256 = found?.sha256 {
            request.pins.pin(sha256)
            found = try find()
            if found?.sha256 == sha256 { break }
        }
        return found
    }

    /// An XML answer.
    func xml(_ root: String, _ elements: [String], headers: [String: String] = [:]) -> Response {
        let text = XMLText.document(XMLText.element(root, namespace: "http://s3.amazonaws.com/doc/2006-03-01/", elements))
        var fields = Self.fields(headers)
        fields[.contentType] = "application/xml"
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func fields(_ headers: [String: String]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }

    /// `2026-11-22T18:09:37.000Z`.
    static func date(_ date: Date) -> String {
        CivilTime(secondsSince1970: Int(date.timeIntervalSince1970.rounded(.down))).text + ".000Z"
    }
}
