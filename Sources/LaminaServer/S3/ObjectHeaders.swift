import AWSWire
import Foundation
import LambdaModel

extension S3Service {
    private static let metadata = "x-amz-meta-"
    /// Bytes of a user's own metadata, names and values (S3: "User-defined object metadata").
    private static let metadataLimit = 2048

    /// What a client says of an object and gets back with it.
    ///
    /// - Throws: `APIError` MetadataTooLarge.
    static func keptHeaders(_ head: RequestHead) throws -> [String: String] {
        let kept: Set = ["content-type", "cache-control", "content-disposition", "content-language", "expires"]
        var headers: [String: String] = [:]
        var size = 0
        for (name, values) in head.headers where kept.contains(name) || name.hasPrefix(metadata) {
            let value = values.joined(separator: ",")
            headers[name] = value
            if name.hasPrefix(metadata) { size += name.utf8.count - metadata.utf8.count + value.utf8.count }
        }
        guard size <= metadataLimit else {
            throw S3Error.error(
                "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size",
                ["Size": String(size), "MaxSizeAllowed": String(metadataLimit)])
        }
        if let encoding = head.header("content-encoding")?.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) })
            .filter({ $0 != "aws-chunked" }), !encoding.isEmpty
        {
            headers["content-encoding"] = encoding.joined(separator: ",")
        }
        return headers
    }
}
