import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    /// The least that a part may have, besides the last.
    private static let partMinimum = 5 << 20

    func completeUpload(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        let id = request.query["uploadId"] ?? ""
        let listed = try ListedPart.parse(try await request.body.collect(limit: 4 << 20))
        await completions.begin(id)
        defer { completions.end(id) }
        func find() throws -> (Upload?, parts: [Upload.Part], made: StoredObject?) {
            try catalog.read { catalog in
                let upload = try catalog.upload(id, bucket: bucket, key: key)
                return (upload, try catalog.parts(of: id), upload == nil ? try catalog.object(bucket, key, upload: id) : nil)
            }
        }
        // Another request may end the upload at any time, and drop its parts.
        for part in try find().parts { request.pins.pin(part.sha256) }
        let (found, stored, made) = try find()
        // A client that has not seen the answer asks again, and gets it.
        if let made { return completed(MadeObject(object: made, bucket: owner), request) }
        guard let upload = found else { throw S3Error.noSuchUpload(id) }
        let condition = try WritePrecondition(request.head)
        let parts = try Self.find(listed, of: upload, stored)
        let size = parts.reduce(0) { $0 + $1.size }
        if let declared = request.head.header("x-amz-mp-object-size"), Int(declared) != size {
            throw S3Error.invalidRequest(
                "The provided 'x-amz-mp-object-size' header value \(declared) does not match what was computed: \(size)")
        }
        let etags = parts.flatMap { Hexadecimal.decode($0.etag) ?? [] }
        let (blob, checksum) = try await join(parts, UploadChecksum(stored: upload.headers), request)
        var object = StoredObject(
            key: key, version: StoredObject.unversioned, sha256: blob.digest.hexadecimal, size: blob.size,
            etag: "\(Hexadecimal.encode(MessageDigest.hash(etags, .md5)))-\(parts.count)",
            headers: upload.headers.filter { !$0.key.hasPrefix("x-amz-checksum-") }.merging(checksum?.headers ?? [:]) { $1 },
            modified: Date())
        object.upload = upload.id
        return completed(try await put(object, in: owner, condition, ending: upload.id), request)
    }

    private func completed(_ made: MadeObject, _ request: SignedRequest) -> Response {
        let object = made.object
        let path = "\(made.bucket.name)/\(PercentEncoding.encode(object.key, keepingSlashes: true))"
        return xml(
            "CompleteMultipartUploadResult",
            [
                XMLText.element("Location", "\(request.endpoint)/\(path)"), XMLText.element("Bucket", made.bucket.name),
                XMLText.element("Key", object.key), XMLText.element("ETag", "\"\(object.etag)\""),
            ] + (ObjectChecksum(stored: object.headers)?.elements ?? []), headers: made.headers)
    }

    /// The parts that a request lists, checked against those that were uploaded.
    private static func find(_ listed: [ListedPart], of upload: Upload, _ stored: [Upload.Part]) throws -> [Upload.Part] {
        guard zip(listed, listed.dropFirst()).allSatisfy({ $0.number < $1.number }) else { throw S3Error.invalidPartOrder }
        let stored = Dictionary(stored.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        let checksum = UploadChecksum(stored: upload.headers)
        let parts = try listed.map { part in
            if let checksum, checksum.isComposite, part.checksums[checksum.algorithm] == nil {
                throw S3Error.invalidRequest(
                    "The upload was created using a \(checksum.algorithm.rawValue) checksum. The complete request must include the checksum for each part. It was missing for part \(part.number) in the request."
                )
            }
            let declared = checksum.flatMap { part.checksums[$0.algorithm] }
            guard let own = stored[part.number], own.etag == part.etag, declared == nil || declared == own.checksum else {
                throw S3Error.invalidPart(part.number, etag: part.etag, of: upload.id)
            }
            return own
        }
        if let small = parts.dropLast().first(where: { $0.size < partMinimum }) {
            throw S3Error.partTooSmall(small.number, etag: small.etag, size: small.size, minimum: partMinimum)
        }
        return parts
    }

    /// Copies the parts, one behind the other, into one blob, and gives its checksum too.
    private func join(
        _ parts: [Upload.Part], _ wanted: UploadChecksum?, _ request: SignedRequest
    ) async throws -> (Blob, ObjectChecksum?) {
        let writer = try blobs.makeWriter(request.pins)
        defer { writer.abandon() }
        let isComposite = wanted?.isComposite ?? false
        let running = isComposite ? nil : RunningChecksum(wanted?.algorithm ?? .crc64nvme)
        for part in parts {
            try await read(part.sha256, 0..<part.size) { bytes in
                try writer.write(bytes)
                running?.update(bytes)
            }
        }
        let checksum = running.map { ObjectChecksum($0.algorithm, $0.finish()) } ?? wanted?.composite(parts)
        if let checksum { try UploadChecksum.verify(checksum, against: request.head) }
        return (try await writer.commit(), checksum)
    }
}

/// What a completion says of a part.
private struct ListedPart {
    var number: Int
    var etag: String
    var checksums: [ChecksumHeader: String] = [:]

    /// - Throws: `APIError` MalformedXML.
    static func parse(_ body: [UInt8]) throws -> [ListedPart] {
        let parts = try XMLTree.parse(body, root: "CompleteMultipartUpload").children.filter { $0.name == "Part" }.map(ListedPart.init)
        guard !parts.isEmpty else { throw S3Error.malformedXML }
        return parts
    }

    /// - Throws: `APIError` MalformedXML.
    private init(_ element: XMLTree) throws {
        guard let number = element.text("PartNumber").flatMap({ Int($0) }), let etag = element.text("ETag") else {
            throw S3Error.malformedXML
        }
        self.number = number
        self.etag = etag.filter { $0 != "\"" }
        for algorithm in ChecksumHeader.allCases { checksums[algorithm] = element.text(algorithm.element) }
    }
}
