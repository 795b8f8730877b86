import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func copyObject(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        _ = try await request.body.collect(limit: 1 << 16)
        let condition = try WritePrecondition(request.head)
        try Self.checkLength(key)
        let source = try copySource(request)
        let replaces = try Self.replaces(request.head)
        let isItself = source.bucket.name == bucket && source.object.key.utf8.elementsEqual(key.utf8) && source.object.isLatest
        guard !isItself || replaces || Self.changes.contains(where: { request.head.header($0) != nil }) else {
            throw S3Error.invalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
            )
        }
        let (etag, checksum) = try await digests(of: source, request.head)
        let described = replaces ? try Self.keptHeaders(request.head) : source.object.headers.filter { Self.isDescription($0.key) }
        // S3: how the source is encrypted says nothing of the copy.
        let encryption = try ObjectEncryption.headers(request.head)
        let copy = StoredObject(
            key: key, version: StoredObject.unversioned, sha256: source.sha256, size: source.object.size, etag: etag,
            headers: described.merging(encryption) { $1 }.merging(checksum.headers) { $1 }, modified: Date())
        let made = try await put(copy, in: owner, condition)
        return xml(
            "CopyObjectResult",
            [XMLText.element("ETag", "\"\(copy.etag)\""), XMLText.element("LastModified", Self.date(copy.modified))] + checksum.elements,
            headers: made.headers.merging(source.headers) { $1 })
    }

    private static func isDescription(_ header: String) -> Bool {
        !["x-amz-checksum-", "x-amz-server-side-encryption"].contains { header.hasPrefix($0) }
    }

    /// Whether a copy is described anew, and not as its source is.
    private static func replaces(_ head: RequestHead) throws -> Bool {
        let directive = head.header("x-amz-metadata-directive") ?? "COPY"
        guard ["COPY", "REPLACE"].contains(directive.uppercased()) else {
            throw S3Error.invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive)
        }
        return directive.uppercased() == "REPLACE"
    }

    /// Headers that make another object of a copy onto itself, though this server has one storage class only.
    private static let changes = ["x-amz-storage-class", "x-amz-server-side-encryption"]

    /// The source's own, unless the request wants another or they are of parts, which the copy has not.
    private func digests(of source: CopySource, _ head: RequestHead) async throws -> (etag: String, ObjectChecksum) {
        let hasParts = source.object.etag.contains("-")
        let own = ObjectChecksum(stored: source.object.headers)
        let wanted = try head.header("x-amz-checksum-algorithm").map { try ChecksumHeader(algorithm: $0) }
        if let own, !own.isComposite, !hasParts, wanted == nil || wanted == own.algorithm { return (source.object.etag, own) }
        var md5 = MessageDigest(.md5)
        let running = RunningChecksum(wanted ?? own?.algorithm ?? .crc64nvme)
        try await read(source.sha256, 0..<source.object.size) { bytes in
            running.update(bytes)
            if hasParts { md5.update(bytes) }
        }
        let etag = hasParts ? Hexadecimal.encode(md5.finalize()) : source.object.etag
        return (etag, ObjectChecksum(running.algorithm, running.finish()))
    }
}
