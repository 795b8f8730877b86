import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Storage
import SystemPackage

#if canImport(FoundationXML)
import FoundationXML
#endif

extension S3Service {
    func createUpload(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        try await requireBucket(bucket, request)
        _ = try await request.body.collect(limit: 1 << 16)
        let upload = Upload(
            id: Hexadecimal.encode(secureRandomBytes(24)), bucket: bucket, key: key, headers: Self.keptHeaders(request.head))
        try await catalog.insert(upload, created: Date())
        return xml(
            XMLText.element(
                "InitiateMultipartUploadResult", namespace: Self.namespace,
                [XMLText.element("Bucket", bucket), XMLText.element("Key", key), XMLText.element("UploadId", upload.id)]))
    }

    func uploadPart(_ request: SignedRequest, _ bucket: String, _ key: String, upload: String, number: Int) async throws -> Response {
        try await requireBucket(bucket, request)
        guard (1...10_000).contains(number) else {
            throw S3Error.error("InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive")
        }
        guard try await catalog.upload(upload, bucket: bucket, key: key) != nil else { throw S3Error.noSuchUpload }
        let part = try await ObjectUpload.receive(request, into: blobs)
        try await catalog.put(
            Upload.Part(number: number, sha256: part.blob.digest.hexadecimal, size: part.blob.size, etag: part.etag), of: upload)
        return Response(status: .ok, headers: Self.fields(part.checksums.merging(["etag": "\"\(part.etag)\""]) { $1 }))
    }

    func completeUpload(_ request: SignedRequest, _ bucket: String, _ key: String, upload id: String) async throws -> Response {
        try await requireBucket(bucket, request)
        guard let upload = try await catalog.upload(id, bucket: bucket, key: key) else { throw S3Error.noSuchUpload }
        let listed = try CompletedParts.parse(try await request.body.collect(limit: 4 << 20))
        let stored = Dictionary(try await catalog.parts(of: id).map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        guard zip(listed, listed.dropFirst()).allSatisfy({ $0.number < $1.number }) else { throw S3Error.invalidPartOrder }
        let parts = try listed.map { part in
            guard let own = stored[part.number], own.etag == part.etag else { throw S3Error.invalidPart }
            return own
        }
        let blob = try await join(parts)
        let etags = parts.flatMap { Hexadecimal.decode($0.etag) ?? [] }
        let etag = "\(Hexadecimal.encode(MessageDigest.hash(etags, .md5)))-\(parts.count)"
        let object = StoredObject(sha256: blob.digest.hexadecimal, size: blob.size, etag: etag, headers: upload.headers, modified: Date())
        try await catalog.put(object, bucket, key, endingUpload: id)
        return xml(
            XMLText.element(
                "CompleteMultipartUploadResult", namespace: Self.namespace,
                [
                    XMLText.element("Location", "\(request.endpoint)/\(bucket)/\(key)"), XMLText.element("Bucket", bucket),
                    XMLText.element("Key", key), XMLText.element("ETag", "\"\(etag)\""),
                ]))
    }

    func abortUpload(_ request: SignedRequest, _ bucket: String, _ key: String, upload: String) async throws -> Response {
        try await requireBucket(bucket, request)
        guard try await catalog.upload(upload, bucket: bucket, key: key) != nil, try await catalog.deleteUpload(upload) else {
            throw S3Error.noSuchUpload
        }
        return Response(status: .noContent)
    }

    /// Copies the parts, one behind the other, into one blob.
    private func join(_ parts: [Upload.Part]) async throws -> Blob {
        let writer = try blobs.makeWriter()
        defer { writer.abandon() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        for part in parts {
            let file = try FileDescriptor.open(try await blobs.file(part.sha256), .readOnly, options: .closeOnExec)
            defer { try? file.close() }
            while case let count = try file.read(into: buffer), count > 0 {
                try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                await Task.yield()
            }
        }
        return try await writer.commit()
    }
}

/// The parts that a CompleteMultipartUpload names.
private final class CompletedParts: NSObject, XMLParserDelegate {
    struct Part {
        var number: Int
        var etag: String
    }

    private var parts: [Part] = []
    private var number: Int?
    private var etag: String?
    private var text = ""

    /// - Throws: `APIError` MalformedXML.
    static func parse(_ body: [UInt8]) throws -> [Part] {
        let reader = CompletedParts()
        let parser = XMLParser(data: Data(body))
        parser.delegate = reader
        guard parser.parse(), !reader.parts.isEmpty else { throw S3Error.malformedXML }
        return reader.parts
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) { text = "" }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        switch name {
        case "PartNumber": number = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
        case "ETag": etag = text.filter { $0 != "\"" && !$0.isWhitespace }
        case "Part":
            if let number, let etag { parts.append(Part(number: number, etag: etag)) } else { parser.abortParsing() }
            (number, etag) = (nil, nil)
        default: break
        }
    }
}
