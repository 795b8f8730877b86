import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Registry
import Storage

/// Finds out who sent a request and for which service, by its signature.
struct Authenticator: Sendable {
    let catalog: Catalog
    let mode: ServerSettings.Authentication
    let locations: ContentLocations
    private let throttle = FailureThrottle()

    init(catalog: Catalog, mode: ServerSettings.Authentication, locations: ContentLocations) {
        self.catalog = catalog
        self.mode = mode
        self.locations = locations
    }

    /// - Throws: ``SigV4Error``, `APIError` AccessDeniedException.
    func authenticate(_ head: RequestHead, _ body: RequestBody, _ pins: BlobPins) throws -> SignedRequest {
        // A browser lets every page send simple requests to this machine, and nothing else would keep them out.
        guard mode == .on || !head.isOfForeignPage else {
            throw APIError.accessDenied("A server without authentication takes no requests from web pages of other sites.")
        }
        let isChunked = head.header("x-amz-content-sha256")?.hasPrefix("STREAMING-") ?? false
        let unproved = isChunked ? RequestStream.Proof.chunks(nil) : .none
        if let signature = SigV2Signature(head) {
            return try presigned(signature, head.withHeadersOfQuery, RequestStream(body: body, proof: unproved), pins)
        }
        let signature: SigV4Signature
        do {
            signature = try SigV4Signature(head)
        } catch {
            guard mode == .off else { throw error }
            // What is wrong with the signature does not matter, but whom it names does.
            let claimed = ClaimedCredential(head)
            let caller = try caller(named: claimed?.accessKeyID ?? "", claimed?.region ?? "us-east-1")
            return SignedRequest(head, claimed?.service ?? head.serviceByPath, caller, RequestStream(body: body, proof: unproved), pins)
        }
        if let secret = try locations.secret(of: signature.accessKeyID) {
            return try location(signature, secret, head, body, pins)
        }
        let described = signature.service == "s3" && signature.expires != nil ? head.withHeadersOfQuery : head
        guard mode == .on else {
            let caller = try caller(named: signature.accessKeyID, signature.region)
            return SignedRequest(described, signature.service, caller, RequestStream(body: body, proof: unproved), pins)
        }
        let (secret, caller) = try keyHolder(signature.accessKeyID, signature.region)
        let verifier = try SigV4Verifier(signature, locations.signingKeys.key(secret: secret, signature), head: head)
        return SignedRequest(
            described, signature.service, caller, RequestStream(body: body, proof: try proof(verifier, head)), pins)
    }

    /// A request to S3 whose URL is signed with Version 2, which knows no region.
    private func presigned(
        _ signature: SigV2Signature, _ head: RequestHead, _ body: RequestStream, _ pins: BlobPins
    ) throws -> SignedRequest {
        let region = "us-east-1"
        guard mode == .on else {
            return SignedRequest(head, "s3", try caller(named: signature.accessKeyID, region), body, pins)
        }
        let (secret, caller) = try keyHolder(signature.accessKeyID, region)
        try signature.verify(head, bucket: S3Route.bucket(ofHost: head), secret: secret)
        return SignedRequest(head, "s3", caller, body, pins)
    }

    /// The secret of the key that a signature names, and whom the key speaks for.
    private func keyHolder(_ id: String, _ region: String) throws -> (secret: String, Caller) {
        guard let (key, organization) = try catalog.look({ try $0.validKey(id) }) else { throw SigV4Error.unknownKey }
        let scope = Scope(account: key.account, region: region)
        return (key.secret, Caller(scope: scope, organization: organization, arn: key.userARN, access: key.access))
    }

    /// A presigned content location, which is of our own making and holds in every mode.
    private func location(
        _ signature: SigV4Signature, _ secret: String, _ head: RequestHead, _ body: RequestBody, _ pins: BlobPins
    ) throws -> SignedRequest {
        let verifier = try SigV4Verifier(signature, locations.signingKeys.key(secret: secret, signature), head: head)
        let caller = Caller(scope: Scope(account: "", region: signature.region), arn: "", access: .read)
        var request = SignedRequest(head, signature.service, caller, RequestStream(body: body, proof: try proof(verifier, head)), pins)
        request.isContentLocation = true
        return request
    }

    /// Counts a signature that turned out to be wrong, and gives the error to answer: after too many, no more than that.
    ///
    /// A right signature is always taken: a key's id is no secret, and who knows it is not to lock its holder out.
    func judge(_ error: SigV4Error, _ head: RequestHead, from address: String) -> SigV4Error {
        var sender = FailureThrottle.Sender(address: address)
        switch error {
        case .unknownKey: break
        case .mismatch, .bodyMismatch:
            sender.accessKeyID = SigV2Signature(head)?.accessKeyID ?? (try? SigV4Signature(head))?.accessKeyID
        case .missing, .incomplete, .incompleteQuery, .skewed, .expired, .unsignedHeaders, .undeclaredBody, .throttled: return error
        }
        return throttle.noteFailure(sender) ? .throttled : error
    }

    /// Where signatures are not looked at: the account that an access key's id is, else the root account.
    private func caller(named id: String, _ region: String) throws -> Caller {
        try caller(Scope(account: id.isAccountID ? id : Scope.rootAccount, region: region))
    }

    private func caller(_ scope: Scope) throws -> Caller {
        Caller(
            scope: scope, organization: try catalog.read { try $0.account(scope.account)?.organization },
            arn: "arn:aws:iam::\(scope.account):root")
    }

    private func proof(_ verifier: SigV4Verifier, _ head: RequestHead) throws -> RequestStream.Proof {
        guard let declared = verifier.declaredPayload else {
            guard verifier.signature.service != "s3" else { throw SigV4Error.undeclaredBody }
            // No operation of these methods reads a body, so nothing would prove it later.
            guard ["GET", "HEAD", "DELETE"].contains(head.method) else { return .digest(verifier) }
            try verifier.verify(payload: Self.emptyDigest)
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

    private static let emptyDigest = SHA256Digest(of: []).hexadecimal
}

extension AccessKey {
    /// Whom the key speaks for: the account's root, or, where the key may not do all, a user of the key's own name.
    fileprivate var userARN: String {
        access == .full ? "arn:aws:iam::\(account):root" : "arn:aws:iam::\(account):user/\(id)"
    }
}

extension RequestHead {
    /// The service that a request without a signature is for, by its path.
    var serviceByPath: String {
        // Lambda's paths begin with the date of an API version.
        let first = path.dropFirst().prefix(11).utf8
        if first.count == 11, first.last == UInt8(ascii: "/"),
            first.enumerated().allSatisfy({ $0 == 4 || $0 == 7 || $0 == 10 || (0x30...0x39).contains($1) })
        {
            return "lambda"
        }
        guard method == "POST", path == "/" else { return "s3" }
        return header("x-amz-target")?.hasPrefix(LogsService.target) == true ? "logs" : "sts"
    }

    /// Whether a script of a page that is not this server's has sent it.
    var isOfForeignPage: Bool {
        guard let origin = header("origin") else { return false }
        return !["http", "https"].contains { origin == "\($0)://\(header("host") ?? "")" }
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
