import Foundation

/// Makes presigned URLs: requests that carry their signature in their query.
public enum SigV4Presigner {
    /// A GET.
    ///
    /// - Parameters:
    ///   - endpoint: Scheme, host and port, as in `http://127.0.0.1:9090`.
    ///   - path: Percent-encoded, from its first slash.
    ///   - expires: Seconds.
    public static func presignedGet(
        endpoint: String, path: String, accessKeyID: String, key: SigningKey, region: String, service: String, expires: Int,
        now: Date = Date()
    ) -> String {
        let timestamp = SigV4Date.format(now)
        let day = String(timestamp.prefix(8))
        let host = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        let query = [
            ("X-Amz-Algorithm", SigV4Signature.algorithm), ("X-Amz-Credential", "\(accessKeyID)/\(day)/\(region)/\(service)/aws4_request"),
            ("X-Amz-Date", timestamp), ("X-Amz-Expires", String(expires)), ("X-Amz-SignedHeaders", "host"),
        ].map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let signature = SigV4Signature(
            accessKeyID: accessKeyID, day: day, region: region, service: service, signedHeaders: ["host"], timestamp: timestamp,
            expires: expires)
        // The query is in canonical order and encoding as it stands.
        let value = SigV4Signer(key, signature)
            .sign(canonicalRequest: "GET\n\(path)\n\(query)\nhost:\(host)\n\nhost\n\(SigV4Signer.unsignedPayload)")
        return "\(endpoint)\(path)?\(query)&X-Amz-Signature=\(value)"
    }
}
