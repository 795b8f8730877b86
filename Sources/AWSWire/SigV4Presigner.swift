import Foundation

/// Makes presigned URLs: a GET that carries its signature in its query.
public enum SigV4Presigner {
    /// - Parameters:
    ///   - endpoint: Scheme, host and port, as in `http://127.0.0.1:9090`.
    ///   - path: Percent-encoded, from its first slash.
    ///   - expires: Seconds.
    public static func presignedGet(
        endpoint: String, path: String, accessKeyID: String, secret: String, region: String, service: String, expires: Int,
        now: Date = Date()
    ) -> String {
        let timestamp = SigV4Date.format(now)
        let day = String(timestamp.prefix(8))
        let host = endpoint.split(separator: "/").last.map(String.init) ?? endpoint
        let query = [
            ("X-Amz-Algorithm", SigV4Signature.algorithm), ("X-Amz-Credential", "\(accessKeyID)/\(day)/\(region)/\(service)/aws4_request"),
            ("X-Amz-Date", timestamp), ("X-Amz-Expires", String(expires)), ("X-Amz-SignedHeaders", "host"),
        ].map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let head = RequestHead(method: "GET", path: path, query: query, headers: ["host": [host]])
        // The query names all parts, so that reading it back gives the signature's scope; what it still lacks is its own value.
        let unsigned = RequestHead(method: "GET", path: path, query: query + "&X-Amz-Signature=", headers: head.headers)
        guard let signature = try? SigV4Signature(unsigned) else { return endpoint + path }
        let value = SigV4Signer(secret: secret, signature).sign(head, payload: SigV4Signer.unsignedPayload)
        return "\(endpoint)\(path)?\(query)&X-Amz-Signature=\(value)"
    }
}
