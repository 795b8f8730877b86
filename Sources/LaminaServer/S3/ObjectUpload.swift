import AWSWire
import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Storage

/// Bytes of an object or part on their way to the blob store, checked against every digest that their sender names.
struct ObjectUpload {
    /// What was stored.
    struct Result {
        var blob: Blob
        /// The MD5, hexadecimal, without quotes.
        var etag: String
        /// The sender's checksum or, where he sent none, the one that was asked for.
        var checksum: ObjectChecksum?
    }

    /// S3's limit for one PUT.
    private static let sizeLimit = 5 << 30

    /// The bytes that are going to come.
    ///
    /// - Throws: `APIError` MissingContentLength, NotImplemented, EntityTooLarge.
    private static func length(_ request: SignedRequest) throws -> Int {
        let head = request.head
        if head.header("transfer-encoding") != nil, !request.body.isChunked { throw S3Error.notImplemented("Transfer-Encoding") }
        let declared = head.header(request.body.isChunked ? "x-amz-decoded-content-length" : "content-length")
        guard let length = declared.flatMap({ Int($0) }), length >= 0 else { throw S3Error.missingContentLength }
        guard length <= sizeLimit else { throw S3Error.tooLarge }
        return length
    }

    /// Streams a request's body into a blob.
    ///
    /// - Parameter algorithm: Of the checksum that is made where the request brings none.
    /// - Throws: `APIError` BadDigest, IncompleteBody, and those of ``length(_:)``; `SigV4Error`.
    static func receive(_ request: SignedRequest, into blobs: any BlobStore, checksum algorithm: ChecksumHeader?) async throws -> Result {
        let declared = try DeclaredDigests(request.head)
        let length = try length(request)
        let writer = try blobs.makeWriter(request.pins)
        defer { writer.abandon() }
        var md5 = MessageDigest(.md5)
        let checksum = (declared.algorithm ?? algorithm).map { RunningChecksum($0) }
        var received = 0
        let trailers: [String: String]
        do {
            trailers = try await request.body.read { bytes in
                received += bytes.count
                guard received <= length else { throw S3Error.incompleteBody }
                try writer.write(bytes)
                md5.update(bytes)
                checksum?.update(bytes)
            }
        } catch let error as LaminaError where error.code == .corrupt {
            throw S3Error.incompleteBody
        }
        guard received == length else { throw S3Error.incompleteBody }
        let digest = md5.finalize()
        try declared.verify(md5: digest)
        let value = checksum.map { ObjectChecksum($0.algorithm, $0.finish()) }
        if let value { try declared.verify(value.value, trailers: trailers) }
        return Result(blob: try await writer.commit(), etag: Hexadecimal.encode(digest), checksum: value)
    }
}
