import AWSWire
import LambdaModel

/// What the lists of a bucket's objects, versions and uploads have in common.
struct ListRequest {
    let bucket: String
    let prefix: String
    let delimiter: String?
    /// At most 1000.
    let limit: Int
    private let isEncoded: Bool

    /// - Throws: `APIError` for a bucket that is not the caller's, or a bad number.
    init(_ request: SignedRequest, _ bucket: String, _ service: S3Service, limit name: String = "max-keys") throws {
        try service.requireBucket(bucket, request)
        self.bucket = bucket
        prefix = request.query["prefix"] ?? ""
        delimiter = request.query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
        let number = request.query[name] ?? "1000"
        limit = min(try Self.number(number, name), 1000)
        let encoding = request.query["encoding-type"]
        guard encoding == nil || encoding == "url" else {
            throw S3Error.invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
        }
        isEncoded = encoding != nil
    }

    /// - Throws: `APIError` InvalidArgument for what is no number from 0 to 2,147,483,647.
    static func number(_ text: String, _ name: String) throws -> Int {
        guard let number = Int32(text), number >= 0 else {
            throw S3Error.invalidArgument("Provided \(name) not an integer or within integer range", name, text)
        }
        return Int(number)
    }

    /// An element whose text is a key, encoded where the client has asked for it.
    func element(_ name: String, _ key: String) -> String {
        XMLText.element(name, isEncoded ? PercentEncoding.encode(key, keepingSlashes: true).replacing("%20", with: "+") : key)
    }

    func head(_ isTruncated: Bool) -> [String] {
        [
            XMLText.element("Name", bucket), element("Prefix", prefix), XMLText.element("MaxKeys", String(limit)),
            XMLText.element("IsTruncated", isTruncated ? "true" : "false"),
        ] + options
    }

    /// What is told only to those who have asked for it.
    var options: [String] {
        (delimiter.map { [element("Delimiter", $0)] } ?? []) + (isEncoded ? [XMLText.element("EncodingType", "url")] : [])
    }

    func prefixes(_ prefixes: [String]) -> [String] {
        prefixes.map { XMLText.element("CommonPrefixes", [element("Prefix", $0)]) }
    }
}
