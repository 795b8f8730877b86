import Checksum
import Foundation

/// Computes Signature Version 4: the canonical request, the string to sign, and its HMAC.
public struct SigV4Signer: Sendable {
    private let key: SigningKey
    private let signature: SigV4Signature

    /// - Parameter signature: Names the scope, the signed headers and the time.
    public init(_ key: SigningKey, _ signature: SigV4Signature) {
        self.key = key
        self.signature = signature
    }

    /// What stands for the body in the canonical request of a body that is not signed.
    public static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// Whether the request's signature is the one that its key makes, compared in constant time.
    public func verifies(_ head: RequestHead, payload: String) -> Bool {
        equalInConstantTime(Array(sign(head, payload: payload).utf8), Array(signature.signature.utf8))
    }

    /// The signature of a request, hexadecimal.
    ///
    /// - Parameter payload: The header `x-amz-content-sha256` as it is sent, else the body's digest in hexadecimal.
    public func sign(_ head: RequestHead, payload: String) -> String {
        sign(canonicalRequest: canonicalRequest(head, payload: payload))
    }

    func sign(canonicalRequest: String) -> String {
        let digest = Hexadecimal.encode(MessageDigest.hash(canonicalRequest.utf8))
        return sign("\(SigV4Signature.algorithm)\n\(signature.timestamp)\n\(signature.scope)\n\(digest)")
    }

    /// The HMAC of a string to sign, hexadecimal.
    func sign(_ text: String) -> String { Hexadecimal.encode(HMAC.sha256(key: key.bytes, text.utf8)) }

    func canonicalRequest(_ head: RequestHead, payload: String) -> String {
        let headers = signature.signedHeaders.map { name in
            "\(name):\((head.headers[name] ?? []).map(Self.trimmed).joined(separator: ","))\n"
        }
        return """
            \(head.method)
            \(canonicalPath(head.path))
            \(canonicalQuery(head.query))
            \(headers.joined())
            \(signature.signedHeaders.joined(separator: ";"))
            \(payload)
            """
    }

    /// S3 signs the path as it is encoded; all others encode it once more, without dot segments.
    private func canonicalPath(_ path: String) -> String {
        if signature.service == "s3" { return path.isEmpty ? "/" : path }
        if !Self.hasEmptyOrDotSegments(path) { return PercentEncoding.encode(path, keepingSlashes: true) }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        let end = path.hasSuffix("/") && !parts.isEmpty ? "/" : ""
        return PercentEncoding.encode("/" + parts.joined(separator: "/") + end, keepingSlashes: true)
    }

    private static func hasEmptyOrDotSegments(_ path: String) -> Bool {
        var isAfterSlash = false
        for byte in path.utf8 {
            if isAfterSlash, byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") { return true }
            isAfterSlash = byte == UInt8(ascii: "/")
        }
        return path.isEmpty
    }

    private func canonicalQuery(_ query: String) -> String {
        guard !query.isEmpty else { return "" }
        return sortedQuery(query)
    }

    private func sortedQuery(_ query: String) -> String {
        QueryItems(query).pairs.filter { signature.expires == nil || $0.name != "X-Amz-Signature" }
            .map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0)=\($1)" }
            .joined(separator: "&")
    }

    /// Without spaces at the ends, runs of them made one.
    private static func trimmed(_ value: String) -> String {
        guard hasSpacesToTrim(value) else { return value }
        return value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    private static func hasSpacesToTrim(_ value: String) -> Bool {
        var isAfterSpace = true
        for byte in value.utf8 {
            let isSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            if isSpace, isAfterSpace || byte == UInt8(ascii: "\t") { return true }
            isAfterSpace = isSpace
        }
        return isAfterSpace && !value.isEmpty
    }
}
