import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import Storage
import SystemPackage

extension S3Service {
    /// An object's bytes, all or a range of them, and what is known of them.
    ///
    /// - Parameter isPart: Whether they are answered as the object's only part.
    func content(
        of object: StoredObject, _ headers: [String: String], _ request: SignedRequest, isPart: Bool = false
    ) throws -> Response {
        guard let sha256 = object.sha256 else { throw S3Error.noSuchKey(object.key) }
        let content = try blobs.content(sha256)
        var fields = headers.merging(object.tag) { $1 }
        fields["last-modified"] = HTTPDate.format(object.modified)
        fields["accept-ranges"] = "bytes"
        fields["content-type"] = fields["content-type"] ?? "binary/octet-stream"
        // A checksum is of the whole object, and told only to those who ask.
        if request.head.header("x-amz-checksum-mode")?.uppercased() != "ENABLED" || request.head.header("range") != nil {
            fields = fields.filter { !$0.key.hasPrefix("x-amz-checksum-") }
        }
        var range = 0..<object.size
        var isPartial = isPart
        if let text = request.head.header("range"), let wanted = try ByteRange.parse(text, size: object.size) {
            range = wanted
            isPartial = true
        }
        if isPartial, !range.isEmpty { fields["content-range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.size)" }
        fields["content-length"] = String(range.count)
        return Response(status: isPartial ? .partialContent : .ok, headers: Self.fields(fields), body: try Self.body(content, range))
    }

    private static func body(_ content: BlobContent, _ range: Range<Int>) throws -> ResponseBody {
        switch content {
        case .memory(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes[range]))
        // Opened now, so that nothing can take it away while it is sent.
        case .file(let path): ResponseBody(file: try OpenFile(path), range: range)
        }
    }
}
