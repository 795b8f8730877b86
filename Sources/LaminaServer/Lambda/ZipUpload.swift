import AWSWire
import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Registry
import Storage

/// Where a request says that a zip is, besides in itself.
struct ZipLocation: Decodable, Sendable {
    var s3Bucket: String?
    var s3Key: String?
    var s3ObjectVersion: String?
    var imageURI: String?

    enum CodingKeys: String, CodingKey {
        case s3Bucket = "S3Bucket"
        case s3Key = "S3Key"
        case s3ObjectVersion = "S3ObjectVersion"
        case imageURI = "ImageUri"
    }
}

/// A request's JSON, and the zip that came inside it.
struct ZipUpload: Sendable {
    var json: [UInt8]
    /// Nil where the request has no zip of its own.
    var blob: Blob?
}

extension LambdaService {
    /// Reads a request whose JSON has a base64 zip at `path`: the zip goes to the blob store as it comes, memory stays flat.
    func receiveZip(_ request: SignedRequest, path: [String], operation: String) async throws -> ZipUpload {
        var scanner = JSONBlobScanner(path: path)
        let writer = try registry.blobs.makeWriter()
        defer { writer.abandon() }
        var received = 0
        var written = 0
        do {
            _ = try await request.body.read { piece in
                received += piece.count
                guard received <= Limits.requestBody else { throw APIError.requestTooLarge(operation) }
                try scanner.scan(piece) { bytes in
                    written += bytes.count
                    guard written <= Limits.zippedDirect else { throw APIError.zippedTooLarge }
                    try writer.write(bytes)
                }
            }
            let hasZip = scanner.isFound
            let json = try scanner.finish()
            return ZipUpload(json: json, blob: hasZip ? try await writer.commit() : nil)
        } catch let error as LaminaError where error.code == .corrupt || error.code == .limitExceeded {
            throw APIError("SerializationException", status: 400, error.message, hasType: false)
        }
    }

    /// The blob of an upload: its own, or the object that it names.
    func blob(of upload: ZipUpload, _ location: ZipLocation?, by request: SignedRequest) async throws -> Blob {
        if location?.imageURI != nil {
            throw APIError.invalidParameter("Container images are not supported; give a .zip file archive.")
        }
        if let blob = upload.blob {
            guard blob.size > 0 else { throw APIError.invalidParameter("Uploaded file must be a non-empty zip") }
            return blob
        }
        guard let location, let bucket = location.s3Bucket, let key = location.s3Key else {
            throw APIError.invalidParameter("Please provide a source for function code.")
        }
        guard let owner = try await registry.catalog.bucket(bucket), owner.account == request.caller.scope.account else {
            throw APIError.invalidParameter(
                "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist")
        }
        guard let object = try await registry.catalog.object(bucket, key), let digest = SHA256Digest(hexadecimal: object.sha256) else {
            throw APIError.invalidParameter(
                "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.")
        }
        return Blob(digest: digest, size: object.size)
    }
}
