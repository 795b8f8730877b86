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
            return request(head, head.serviceByPath, Scope(account: Scope.rootAccount, region: "us-east-1"), body, unproved)
        }
        guard mode == .on else {
            let account = signature.accessKeyID.isAccountID ? signature.accessKeyID : Scope.rootAccount
            return request(head, signature.service, Scope(account: account, region: signature.region), body, unproved)
        }
        guard let key = try catalog.accessKey(signature.accessKeyID) else { throw SigV4Error.unknownKey }
        let verifier = try SigV4Verifier(signature, secret: key.secret, head: head)
        let scope = Scope(account: key.account, region: signature.region)
        return request(head, signature.service, scope, body, try proof(verifier, head))
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

    private func request(
        _ head: RequestHead, _ service: String, _ scope: Scope, _ body: RequestBody, _ proof: RequestStream.Proof
    ) -> SignedRequest {
        SignedRequest(
            head: head, query: QueryItems(head.query), service: service,
            caller: Caller(scope: scope, arn: "arn:aws:iam::\(scope.account):root"), body: RequestStream(body: body, proof: proof),
            endpoint: "http://\(head.header("host") ?? "")")
    }
}

extension RequestHead {
    /// The service that a request without a signature is for, by its path.
    var serviceByPath: String {
        if ["/2015-03-31/", "/2018-10-31/"].contains(where: { path.hasPrefix($0) }) { return "lambda" }
        return method == "POST" && path == "/" ? "sts" : "s3"
    }

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
