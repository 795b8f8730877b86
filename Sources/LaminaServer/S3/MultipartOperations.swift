import AWSWire
import Checksum
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Storage
import SystemPackage

extension S3Service {
    func createUpload(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let owner = try requireBucket(bucket, request)
        try Self.checkLength(key)
        var headers = try Self.keptHeaders(request.head)
        _ = try await request.body.collect(limit: 1 << 16)
        let checksum = try UploadChecksum(request.head)
        if let checksum { headers.merge(checksum.headers) { $1 } }
        let encryption = try ObjectEncryption.headers(request.head)
        headers.merge(encryption) { $1 }
        let upload = Upload(id: Self.newUploadID(), bucket: bucket, key: key, headers: headers, created: Date())
        try await catalog.write { catalog in
            try catalog.renew(owner)
            try catalog.insert(upload)
        }
        return xml(
            "InitiateMultipartUploadResult",
            [XMLText.element("Bucket", bucket), XMLText.element("Key", key), XMLText.element("UploadId", upload.id)],
            headers: encryption.merging(checksum?.headers ?? [:]) { $1 })
    }

    func uploadPart(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let (upload, number) = try part(request, bucket, key)
        let wanted = UploadChecksum(stored: upload.headers)?.algorithm
        if let wanted, let sent = try DeclaredDigests(request.head).algorithm, sent != wanted {
            throw S3Error.invalidRequest(
                "Checksum Type mismatch occurred, expected checksum Type: \(wanted.rawValue), actual checksum Type: \(sent.rawValue)")
        }
        let received = try await ObjectUpload.receive(request, into: blobs, checksum: wanted)
        let part = Upload.Part(
            number: number, sha256: received.blob.digest.hexadecimal, size: received.blob.size, etag: received.etag,
            checksum: wanted == nil ? nil : received.checksum?.value, modified: Date())
        try await put(part, of: upload)
        var headers = ObjectEncryption.headers(upload.headers).merging(["etag": "\"\(part.etag)\""]) { $1 }
        if let checksum = received.checksum { headers[checksum.algorithm.name] = checksum.value }
        return Response(status: .ok, headers: Self.fields(headers))
    }

    func uploadPartCopy(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let (upload, number) = try part(request, bucket, key)
        let source = try copySource(request)
        var range = 0..<source.object.size
        if let text = request.head.header("x-amz-copy-source-range") {
            range = try ByteRange.parseSource(text, size: source.object.size)
        }
        let writer = try blobs.makeWriter(request.pins)
        defer { writer.abandon() }
        var md5 = MessageDigest(.md5)
        let checksum = UploadChecksum(stored: upload.headers).map { RunningChecksum($0.algorithm) }
        try await read(source.sha256, range) { bytes in
            try writer.write(bytes)
            md5.update(bytes)
            checksum?.update(bytes)
        }
        let blob = try await writer.commit()
        let part = Upload.Part(
            number: number, sha256: blob.digest.hexadecimal, size: blob.size, etag: Hexadecimal.encode(md5.finalize()),
            checksum: checksum?.finish(), modified: Date())
        try await put(part, of: upload)
        var elements = [XMLText.element("ETag", "\"\(part.etag)\""), XMLText.element("LastModified", Self.date(part.modified))]
        if let checksum, let value = part.checksum { elements.append(XMLText.element(checksum.algorithm.element, value)) }
        return xml(
            "CopyPartResult", elements,
            headers: ObjectEncryption.headers(upload.headers).merging(source.headers) { $1 })
    }

    func abortUpload(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let upload = try upload(request, bucket, key)
        guard let dropped = try await catalog.write(freesSpace: true, { try $0.deleteUpload(upload.id) }) else {
            throw S3Error.noSuchUpload(upload.id)
        }
        await collector.consider(dropped)
        return Response(status: .noContent)
    }

    /// An id that no one can guess; ids are in the order in which their uploads were begun.
    private static func newUploadID() -> String {
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        let time = stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: milliseconds >> UInt64($0)) }
        return Hexadecimal.encode(time + secureRandomBytes(24))
    }

    // MARK: Parts

    /// The upload that a request names.
    func upload(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> Upload {
        try requireBucket(bucket, request)
        let id = request.query["uploadId"] ?? ""
        guard let upload = try catalog.read({ try $0.upload(id, bucket: bucket, key: key) }) else { throw S3Error.noSuchUpload(id) }
        return upload
    }

    /// Hands out a range of a blob piece by piece, where disks and digests of gigabytes hold up no connection.
    func read(_ sha256: String, _ range: Range<Int>, _ consume: (UnsafeRawBufferPointer) throws -> Void) async throws {
        try await onBlockingThreads { try await readPieces(sha256, range, consume) }
    }

    private func readPieces(_ sha256: String, _ range: Range<Int>, _ consume: (UnsafeRawBufferPointer) throws -> Void) async throws {
        let file = try OpenFile(try blobs.file(sha256))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, range.upperBound - offset)])
            let count = try file.descriptor.read(fromAbsoluteOffset: Int64(offset), into: wanted)
            guard count > 0 else { throw LaminaError(.inputOutput, "the blob \(sha256) ends at \(offset) bytes") }
            try consume(UnsafeRawBufferPointer(rebasing: wanted[..<count]))
            offset += count
            await Task.yield()
        }
    }

    private func part(_ request: SignedRequest, _ bucket: String, _ key: String) throws -> (Upload, number: Int) {
        let upload = try upload(request, bucket, key)
        guard let number = try ObjectPart.number(request.query) else {
            throw S3Error.invalidRequest("A part must have a number: the query partNumber is missing")
        }
        return (upload, number)
    }

    private func put(_ part: Upload.Part, of upload: Upload) async throws {
        let dropped = try await catalog.write { catalog -> String? in
            guard try catalog.upload(upload.id, bucket: upload.bucket, key: upload.key) != nil else {
                throw S3Error.noSuchUpload(upload.id)
            }
            return try catalog.put(part, of: upload.id)
        }
        if let dropped, dropped != part.sha256 { await collector.consider([dropped]) }
    }
}
