import Foundation

extension SigV4Signature {
    /// Signs a request by its header: all headers of the head are signed, `x-amz-date` must be one of them.
    ///
    /// - Parameter payload: The body's digest in hexadecimal, or what stands for it.
    public init(
        signing head: RequestHead, payload: String, accessKeyID: String, secret: String, region: String, service: String, timestamp: String
    ) {
        self.init(
            accessKeyID: accessKeyID, day: String(timestamp.prefix(8)), region: region, service: service,
            signedHeaders: head.headers.keys.sorted(), timestamp: timestamp)
        signature = SigV4Signer(SigningKey(secret: secret, self), self).sign(head, payload: payload)
    }

    /// The value of the Authorization header.
    public var authorization: String {
        let headers = signedHeaders.joined(separator: ";")
        return "\(Self.algorithm) Credential=\(accessKeyID)/\(scope), SignedHeaders=\(headers), Signature=\(signature)"
    }
}
