import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Registry
import Storage

/// The part of S3 that carries layer and function zips: path style, by method, path and query.
struct S3Service: Sendable {
    let catalog: Catalog
    let blobs: any BlobStore

    func respond(to request: SignedRequest) async throws -> Response {
        let path = request.head.path.drop { $0 == "/" }
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let bucket = parts.first.map { PercentEncoding.decode($0) } ?? ""
        let key = parts.count > 1 ? PercentEncoding.decode(parts[1]) : ""
        let upload = request.query["uploadId"]
        let isPlain = request.query.pairs.allSatisfy { $0.name == "x-id" || $0.name.hasPrefix("X-Amz-") }
        switch (request.head.method, key.isEmpty) {
        case ("PUT", true) where isPlain && !bucket.isEmpty: return try await createBucket(request, bucket)
        case ("HEAD", true) where isPlain && !bucket.isEmpty: return try await headBucket(request, bucket)
        case ("PUT", false) where isPlain && request.head.header("x-amz-copy-source") == nil:
            return try await putObject(request, bucket, key)
        case ("GET", false) where isPlain, ("HEAD", false) where isPlain: return try await getObject(request, bucket, key)
        case ("POST", false) where request.query["uploads"] != nil: return try await createUpload(request, bucket, key)
        case ("PUT", false):
            guard let upload, let number = request.query["partNumber"].flatMap({ Int($0) }), request.head.header("x-amz-copy-source") == nil
            else { throw S3Error.notImplemented }
            return try await uploadPart(request, bucket, key, upload: upload, number: number)
        case ("POST", false):
            guard let upload else { throw S3Error.notImplemented }
            return try await completeUpload(request, bucket, key, upload: upload)
        case ("DELETE", false):
            guard let upload else { throw S3Error.notImplemented }
            return try await abortUpload(request, bucket, key, upload: upload)
        default: throw S3Error.notImplemented
        }
    }

    /// A bucket that the caller owns.
    func requireBucket(_ name: String, _ request: SignedRequest) async throws {
        guard let bucket = try await catalog.bucket(name) else { throw S3Error.noSuchBucket }
        guard bucket.account == request.caller.scope.account else { throw S3Error.accessDenied }
    }

    func xml(_ root: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/xml"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: XMLText.document(root))))
    }

    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
}

/// S3's errors by its names.
enum S3Error {
    static let notImplemented = error(
        "NotImplemented", 501, "A header or query you provided implies functionality that is not implemented.")
    static let noSuchBucket = error("NoSuchBucket", 404, "The specified bucket does not exist")
    static let noSuchKey = error("NoSuchKey", 404, "The specified key does not exist.")
    static let noSuchUpload = error(
        "NoSuchUpload", 404,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
    static let accessDenied = error("AccessDenied", 403, "Access Denied")
    static let badDigest = error(
        "BadDigest", 400, "The Content-MD5 or checksum value that you specified did not match what the server received.")
    static let incompleteBody = error("IncompleteBody", 400, "The request body terminated unexpectedly")
    static let invalidPart = error(
        "InvalidPart", 400,
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
    )
    static let invalidPartOrder = error(
        "InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part number.")
    static let malformedXML = error(
        "MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema")
    static let invalidRange = error("InvalidRange", 416, "The requested range is not satisfiable")
    static let tooLarge = error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")

    static func error(_ name: String, _ status: Int, _ message: String) -> APIError {
        APIError(name, status: status, message, hasType: false)
    }
}
