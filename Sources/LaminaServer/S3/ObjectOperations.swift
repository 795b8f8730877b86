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
        try await requireBucket(bucket, request)
        guard key.utf8.count <= 1024 else { throw S3Error.error("KeyTooLongError", 400, "Your key is too long") }
        let upload = try await ObjectUpload.receive(request, into: blobs)
        let object = StoredObject(
            sha256: upload.blob.digest.hexadecimal, size: upload.blob.size, etag: upload.etag,
            headers: Self.keptHeaders(request.head).merging(upload.checksums) { $1 }, modified: Date())
        try await catalog.put(object, bucket, key)
        return Response(status: .ok, headers: Self.fields(upload.checksums.merging(["etag": "\"\(upload.etag)\""]) { $1 }))
    }

    func getObject(_ request: SignedRequest, _ bucket: String, _ key: String) async throws -> Response {
        let object = try await object(bucket, key, request)
        let file = try await blobs.file(object.sha256)
        var fields = object.headers
        fields["etag"] = "\"\(object.etag)\""
        fields["last-modified"] = HTTPDate.format(object.modified)
        fields["accept-ranges"] = "bytes"
        fields["content-type"] = fields["content-type"] ?? "binary/octet-stream"
        // A checksum is of the whole object, and told only to those who ask.
        if request.head.header("x-amz-checksum-mode")?.uppercased() != "ENABLED" || request.head.header("range") != nil {
            fields = fields.filter { !$0.key.hasPrefix("x-amz-checksum-") }
        }
        var range = 0..<object.size
        var status = HTTPResponse.Status.ok
        if let text = request.head.header("range"), let wanted = try ByteRange.parse(text, size: object.size) {
            range = wanted
            status = .partialContent
            fields["content-range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.size)"
        }
        fields["content-length"] = String(range.count)
        return Response(
            status: status, headers: Self.fields(fields),
            body: ResponseBody(file: file, range: range))
    }

    /// An object of a bucket, or the zip that a presigned content location names.
    private func object(_ bucket: String, _ key: String, _ request: SignedRequest) async throws -> StoredObject {
        if let sha256 = ContentLocations.sha256(bucket: bucket, key: key, account: request.caller.scope.account) {
            guard let file = try? await blobs.file(sha256),
                let size = try? FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int
            else { throw S3Error.noSuchKey }
            return StoredObject(
                sha256: sha256, size: size, etag: String(sha256.prefix(32)), headers: ["content-type": "application/zip"], modified: Date())
        }
        try await requireBucket(bucket, request)
        guard let object = try await catalog.object(bucket, key) else { throw S3Error.noSuchKey }
        return object
    }

    /// What a client says of an object and gets back with it.
    static func keptHeaders(_ head: RequestHead) -> [String: String] {
        let kept: Set = ["content-type", "cache-control", "content-disposition", "content-language", "expires"]
        var headers: [String: String] = [:]
        for (name, values) in head.headers where kept.contains(name) || name.hasPrefix("x-amz-meta-") {
            headers[name] = values.joined(separator: ",")
        }
        if let encoding = head.header("content-encoding")?.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) })
            .filter({ $0 != "aws-chunked" }), !encoding.isEmpty
        {
            headers["content-encoding"] = encoding.joined(separator: ",")
        }
        return headers
    }

    static func fields(_ headers: [String: String]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }
}

/// `Range: bytes=…` (RFC 9110, 14.1.2), of one range.
enum ByteRange {
    /// Nil for what is to be ignored.
    ///
    /// - Throws: `APIError` InvalidRange.
    static func parse(_ text: String, size: Int) throws -> Range<Int>? {
        guard text.hasPrefix("bytes="), !text.contains(",") else { return nil }
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        switch (Int(parts[0]), Int(parts[1])) {
        case (.some(let start), let end) where start < size && (end.map { $0 >= start } ?? parts[1].isEmpty):
            return start..<min(size - 1, end ?? size - 1) + 1
        case (nil, .some(let last)) where parts[0].isEmpty && last > 0 && size > 0: return max(0, size - last)..<size
        default: throw S3Error.invalidRange
        }
    }
}

/// RFC 9110's dates: `Sun, 22 Nov 2026 14:40:00 GMT`.
enum HTTPDate {
    static func format(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }
}

extension ResponseBody {
    /// A range of a file, read as it is sent.
    init(file: FilePath, range: Range<Int>) {
        self.init(contentLength: range.count) { writer in
            let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
            defer { try? descriptor.close() }
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = min(1 << 18, range.upperBound - offset)
                var buffer = ByteBuffer()
                let start = offset
                let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                    try descriptor.read(fromAbsoluteOffset: Int64(start), into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
                }
                guard read > 0 else { break }
                offset += read
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
    }
}
