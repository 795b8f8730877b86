import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Registry
import Storage

/// Finds out who sent a request and for which service, by its Signature Version 4.
struct Authenticator: Sendable {
    let catalog: Catalog
    let mode: ServerSettings.Authentication

    /// - Throws: ``SigV4Error``.
    func authenticate(_ head: RequestHead, _ body: RequestBody) async throws -> SignedRequest {
        let isChunked = head.header("x-amz-content-sha256")?.hasPrefix("STREAMING-") ?? false
        let unproved = isChunked ? RequestStream.Proof.chunks(nil) : .none
        let signature: SigV4Signature
        do {
            signature = try SigV4Signature(head)
        } catch {
            guard mode == .off else { throw error }
            return unsigned(head, body, unproved)
        }
        guard mode == .on else {
            let account = signature.accessKeyID.isAccountID ? signature.accessKeyID : Self.defaultAccount
            return request(head, signature, account, body, unproved)
        }
        guard let key = try catalog.accessKey(signature.accessKeyID) else { throw SigV4Error.unknownKey }
        let verifier = try SigV4Verifier(signature, secret: key.secret, head: head)
        return request(head, signature, key.account, body, try proof(verifier, head))
    }

    private func proof(_ verifier: SigV4Verifier, _ head: RequestHead) throws -> RequestStream.Proof {
        guard let declared = verifier.declaredPayload else {
            // No operation of these methods reads a body, so nothing would prove it later.
            guard ["GET", "HEAD", "DELETE"].contains(head.method) else { return .digest(verifier) }
            try verifier.verify(payload: SHA256Digest(of: []).hexadecimal)
            return .none
        }
        try verifier.verify(payload: declared)
        switch declared {
        case SigV4Signer.unsignedPayload: return .none
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": return .chunks(nil)
        case _ where declared.hasPrefix("STREAMING-"):
            return .chunks(verifier.makeChunkVerifier(), hasSignedTrailer: declared.hasSuffix("-TRAILER"))
        default: return .declared(declared)
        }
    }

    private static let defaultAccount = "000000000000"

    private func request(
        _ head: RequestHead, _ signature: SigV4Signature, _ account: String, _ body: RequestBody, _ proof: RequestStream.Proof
    ) -> SignedRequest {
        SignedRequest(
            head: head, query: QueryItems(head.query), service: signature.service,
            caller: Caller(scope: Scope(account: account, region: signature.region), arn: "arn:aws:iam::\(account):root"),
            body: RequestStream(body: body, proof: proof), endpoint: "http://\(head.header("host") ?? "")")
    }

    /// Without a signature the path tells the service.
    private func unsigned(_ head: RequestHead, _ body: RequestBody, _ proof: RequestStream.Proof) -> SignedRequest {
        let isLambda = ["/2015-03-31/", "/2018-10-31/"].contains { head.path.hasPrefix($0) }
        let service = isLambda ? "lambda" : head.method == "POST" && head.path == "/" ? "sts" : "s3"
        return SignedRequest(
            head: head, query: QueryItems(head.query), service: service,
            caller: Caller(
                scope: Scope(account: Self.defaultAccount, region: "us-east-1"), arn: "arn:aws:iam::\(Self.defaultAccount):root"),
            body: RequestStream(body: body, proof: proof), endpoint: "http://\(head.header("host") ?? "")")
    }
}

extension RequestHead {
    /// The head of an HTTP request, `host` among its headers.
    init(_ request: Request) {
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [String: [String]] = [:]
        for field in request.headers { headers[field.name.canonicalName, default: []].append(field.value) }
        if let host = request.head.authority { headers["host"] = [host] }
        self.init(
            method: request.method.rawValue, path: String(parts.first ?? "/"), query: parts.count > 1 ? String(parts[1]) : "",
            headers: headers)
    }
}
