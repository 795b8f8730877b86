import Checksum
import Foundation

/// A Signature Version 2 in a query: `?AWSAccessKeyId=…&Signature=…&Expires=…` (AWS: "Signing and authenticating REST requests").
///
/// It is older than Signature Version 4 and taken for S3's presigned URLs only: boto3's `generate_presigned_url` and `aws s3 presign`
/// still make them in us-east-1 unless they are told otherwise.
public struct SigV2Signature: Sendable {
    public var accessKeyID: String
    /// The HMAC-SHA-1 in base64.
    public var signature: String
    /// Seconds since 1970, as it was signed.
    public var expires: String

    /// Nil for a request without such a signature in its query.
    public init?(_ head: RequestHead) {
        guard head.header("authorization") == nil, head.query.utf8.count > 0 else { return nil }
        let query = QueryItems(head.query)
        guard let accessKeyID = query["AWSAccessKeyId"], let signature = query["Signature"], let expires = query["Expires"] else {
            return nil
        }
        self.accessKeyID = accessKeyID
        self.signature = signature
        self.expires = expires
    }

    /// Checks the time and, in constant time, the signature.
    ///
    /// - Parameter bucket: The one that the host names, where the path does not.
    /// - Throws: ``SigV4Error`` `mismatch`, `expired`.
    public func verify(_ head: RequestHead, bucket: String? = nil, secret: String, now: Date = Date()) throws(SigV4Error) {
        guard let end = Int(expires) else { throw .incompleteQuery("Invalid date (should be seconds since epoch): \(expires)") }
        let code = HMAC.sha1(key: Array(secret.utf8), stringToSign(head, bucket: bucket).utf8)
        let expected = Data(code).base64EncodedString()
        guard equalInConstantTime(Array(expected.utf8), Array(signature.utf8)) else { throw .mismatch }
        guard now.timeIntervalSince1970 < Double(end) else { throw .expired }
    }

    /// - Parameter head: With the headers that the query holds among its own.
    func stringToSign(_ head: RequestHead, bucket: String?) -> String {
        let custom = head.headers.filter { $0.key.hasPrefix("x-amz-") }.sorted { $0.key < $1.key }.map { name, values in
            "\(name):\(values.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: ","))\n"
        }
        let queries = QueryItems(head.query).pairs.filter { Self.signedQueries.contains($0.name) }.sorted { $0.name < $1.name }
            .map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        return """
            \(head.method)
            \(head.header("content-md5") ?? "")
            \(head.header("content-type") ?? "")
            \(expires)
            \(custom.joined())\(bucket.map { "/\($0)" } ?? "")\(head.path)\(queries.isEmpty ? "" : "?")\(queries.joined(separator: "&"))
            """
    }

    /// Queries that make another resource or answer of the path, which are signed with it.
    private static let signedQueries: Set = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location", "logging", "metrics",
        "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment", "response-cache-control",
        "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
        "response-expires", "restore", "select", "select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId",
        "versioning", "versions", "website",
    ]
}

extension RequestHead {
    /// The head of a presigned request, with what its query holds in the place of headers: `x-amz-meta-…`, and of Version 2 the type and MD5.
    public var withHeadersOfQuery: RequestHead {
        var head = self
        for (name, value) in QueryItems(query).pairs {
            let name = name.lowercased()
            guard name.hasPrefix("x-amz-") || name == "content-type" || name == "content-md5", !Self.signatureQueries.contains(name),
                head.headers[name] == nil
            else { continue }
            head.headers[name] = [value]
        }
        return head
    }

    /// Of Signature Version 4, which are not signed as headers.
    private static let signatureQueries: Set = [
        "x-amz-algorithm", "x-amz-content-sha256", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signature",
        "x-amz-signedheaders",
    ]
}
