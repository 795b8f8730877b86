import AWSWire
import Foundation
import HTTPTransfer
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Signs requests to one service, sends them, and sends those again that may be sent twice.
struct ServiceSender: Sendable {
    let service: Service
    let region: String
    let endpoint: ServiceEndpoint
    let credentials: Credentials
    let owner: SessionOwner
    var namesCertificates = false
    var schedule = RetrySchedule()

    /// Sends a request and gives its answer, whose status is below 300.
    ///
    /// - Throws: ``LaminaError`` `network` when the endpoint cannot be reached; else one whose `serviceError` is the answer.
    func send(_ request: ServiceRequest, progress: TransferProgress? = nil) async throws -> HTTPAnswer {
        try await schedule.run(isRepeatable: request.isIdempotent) {
            let answer: HTTPAnswer
            do {
                answer = try await sendOnce(request, progress)
            } catch let error as LaminaError where error.code == .network {
                throw LaminaError(.network, "cannot \(request.purpose): no answer from \(endpoint): \(error.message)\(hint(for: error))")
            }
            guard answer.status >= 300 else { return answer }
            let error = ServiceError(answer)
            throw LaminaError(error.code, "cannot \(request.purpose)", cause: error).adding(hints: hints(for: error))
        }
    }

    private func sendOnce(_ request: ServiceRequest, _ progress: TransferProgress?) async throws -> HTTPAnswer {
        let path = endpoint.pathPrefix + request.path
        let query = request.queryText
        guard let url = URL(string: endpoint.origin + path + (query.isEmpty ? "" : "?" + query)) else {
            throw LaminaError(.invalidArgument, "cannot \(request.purpose): \(path) does not make a URL")
        }
        var message = URLRequest(url: url, timeoutInterval: request.idleTimeout)
        message.httpMethod = request.method
        for (name, value) in headers(of: request, path: path, query: query) { message.setValue(value, forHTTPHeaderField: name) }
        var upload: FilePath?
        switch request.body {
        case .none: break
        case .bytes(let bytes): message.httpBody = Data(bytes)
        case .file(let path, _): upload = path
        }
        return try await owner.session.run(message, upload: upload, Transfer(progress: progress))
    }

    /// All headers that are sent but Host, the signature among them.
    private func headers(of request: ServiceRequest, path: String, query: String) -> [String: String] {
        let timestamp = SigV4Date.format(Date())
        let payload = request.body.digest
        var headers = request.headers
        headers["x-amz-date"] = timestamp
        headers["x-amz-content-sha256"] = payload
        headers["x-amz-security-token"] = credentials.sessionToken
        var signed = headers.mapValues { [$0] }
        signed["host"] = [endpoint.host]
        let signature = SigV4Signature(
            signing: RequestHead(method: request.method, path: path, query: query, headers: signed), payload: payload,
            accessKeyID: credentials.accessKeyID, secret: credentials.secret, region: region, service: service.name,
            timestamp: timestamp)
        headers["authorization"] = signature.authorization
        headers["user-agent"] = "lamina"
        return headers
    }

    /// What to do about errors that concern the caller, whatever the operation.
    private func hints(for error: ServiceError) -> [String] {
        switch error.name {
        case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignatureException",
            "SignatureDoesNotMatch", "MissingAuthenticationTokenException":
            ["\(endpoint) does not know \(credentials), or its secret is another; for a server of this machine: eval \"$(lamina env)\""]
        case "ExpiredTokenException", "ExpiredToken": ["the temporary credentials are past their end: sign in anew"]
        case "RequestTimeTooSkewed": ["this machine's clock is wrong: set it"]
        default: []
        }
    }

    /// What may be behind a failure of the network.
    private func hint(for error: LaminaError) -> String {
        switch (error.cause as? URLError)?.code {
        case .cannotConnectToHost?:
            let isHere = ["127.0.0.1", "localhost"].contains { endpoint.host == $0 || endpoint.host.hasPrefix($0 + ":") }
            return isHere ? "; is 'lamina serve' running there?" : ""
        case .badURL? where endpoint.host.hasPrefix("["):
            return "; Foundation takes no IPv6 address in a URL: give a name, such as localhost"
        case .unknown? where endpoint.origin.hasPrefix("https:") && namesCertificates:
            return "; AWS_CA_BUNDLE is not heeded here: add its certificates to this machine's (update-ca-certificates)"
        default: return ""
        }
    }
}
