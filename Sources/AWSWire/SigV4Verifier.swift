import Checksum
import Foundation

/// Decides whether a signed request is taken: its time, its key, its signature.
public struct SigV4Verifier: Sendable {
    /// Seconds that a request's time may differ from ours (AWS: 15 minutes).
    public static let clockSkew: TimeInterval = 15 * 60

    public let signature: SigV4Signature
    private let head: RequestHead
    private let signer: SigV4Signer

    /// Checks the time of a request whose key is known, and that it is signed as a whole: whoever has a presigned URL is not to
    /// make another request of it by a header (AWS: the host and every `x-amz-` header must be signed).
    ///
    /// - Throws: ``SigV4Error`` `skewed`, `expired`, `unsignedHeaders`.
    public init(_ signature: SigV4Signature, _ key: SigningKey, head: RequestHead, now: Date = Date()) throws(SigV4Error) {
        self.signature = signature
        self.head = head
        signer = SigV4Signer(key, signature)
        guard let date = signature.date else {
            throw .incomplete("X-Amz-Date must be in ISO 8601 'basic format'; it is '\(signature.timestamp)'")
        }
        if let expires = signature.expires {
            guard now < date.addingTimeInterval(Double(expires)) else { throw .expired }
            guard date.timeIntervalSince(now) <= Self.clockSkew else {
                throw .skewed(signed: signature.timestamp, now: SigV4Date.format(now))
            }
        } else if abs(now.timeIntervalSince(date)) > Self.clockSkew {
            throw .skewed(signed: signature.timestamp, now: SigV4Date.format(now))
        }
        let unsigned = head.headers.keys.filter {
            $0.hasPrefix("x-amz-") && $0 != "x-amz-content-sha256" && !signature.signedHeaders.contains($0)
        }
        guard unsigned.isEmpty else { throw .unsignedHeaders(unsigned.sorted()) }
    }

    /// What the client says of the body: the header `x-amz-content-sha256`, or nothing where the body's digest has to be computed.
    ///
    /// Only S3 takes a body that is not signed.
    public var declaredPayload: String? {
        let isPresigned = signature.expires != nil
        let declared = head.header("x-amz-content-sha256")
        if signature.service == "s3" { return isPresigned ? SigV4Signer.unsignedPayload : declared }
        return isPresigned || declared?.utf8.count != 64 ? nil : declared
    }

    /// Checks the signature against the header's words on the body, or the body's digest.
    ///
    /// - Throws: ``SigV4Error`` `mismatch`.
    public func verify(payload: String) throws(SigV4Error) {
        guard signer.verifies(head, payload: payload) else { throw .mismatch }
    }

    /// Checks the signatures of an aws-chunked body's chunks, each of which builds on the one before.
    public func makeChunkVerifier() -> ChunkSignatureVerifier { ChunkSignatureVerifier(signer: signer, signature: signature) }
}

/// The running signature of an aws-chunked body (AWS: "Signature calculations for the Authorization header: transferring payload in multiple chunks").
public struct ChunkSignatureVerifier: Sendable {
    private let signer: SigV4Signer
    private let timestamp: String
    private let scope: String
    private var previous: String

    init(signer: SigV4Signer, signature: SigV4Signature) {
        self.signer = signer
        timestamp = signature.timestamp
        scope = signature.scope
        previous = signature.signature
    }

    /// - Parameter digest: The chunk's SHA-256, hexadecimal.
    public mutating func verifyChunk(digest: String, signature: String) throws(SigV4Error) {
        let empty = Hexadecimal.encode(MessageDigest.hash([]))
        try verify("AWS4-HMAC-SHA256-PAYLOAD\n\(timestamp)\n\(scope)\n\(previous)\n\(empty)\n\(digest)", signature)
    }

    /// - Parameter digest: The SHA-256 of the trailing headers as `name:value\n`, hexadecimal.
    public mutating func verifyTrailer(digest: String, signature: String) throws(SigV4Error) {
        try verify("AWS4-HMAC-SHA256-TRAILER\n\(timestamp)\n\(scope)\n\(previous)\n\(digest)", signature)
    }

    private mutating func verify(_ text: String, _ signature: String) throws(SigV4Error) {
        guard equalInConstantTime(Array(signer.sign(text).utf8), Array(signature.utf8)) else { throw .mismatch }
        previous = signature
    }
}
