import Foundation
import LambdaModel
import NIOHTTP1

/// The routes of the Extensions API, 2020-01-01.
struct ExtensionsAPI: EnvironmentAPI {
    let endpoint: ExtensionEndpoint
    let function: LambdaFunction

    func respond(to request: EnvironmentRequest) -> Bool {
        guard request.path.starts(with: ["2020-01-01", "extension"]) else { return false }
        switch (request.head.method, request.path.dropFirst(2).joined(separator: "/")) {
        case (.POST, "register"): register(request)
        case (.GET, "event/next"): request.identify { endpoint.poll($0, request.client) }
        case (.POST, "init/error"): request.identify { report(.initialization, from: $0, request) }
        case (.POST, "exit/error"): request.identify { report(.exit, from: $0, request) }
        default: return false
        }
        return true
    }

    private func register(_ request: EnvironmentRequest) {
        guard let name = request.head.headers.first(name: "Lambda-Extension-Name"), !name.isEmpty else {
            return request.client.refuse(.missingName)
        }
        struct Body: Decodable {
            var events: [String]?
            var configurationKeys: [String]?
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(request.body)) else {
            return request.client.refuse(.invalidRequest(#"the body must be JSON such as {"events": ["INVOKE", "SHUTDOWN"]}"#))
        }
        guard body.configurationKeys?.isEmpty ?? true else {
            return request.client.refuse(.invalidRequest("configurationKeys are deprecated; use environment variables instead"))
        }
        switch endpoint.register(name, body.events ?? []) {
        case .failure(let refusal): request.client.refuse(refusal)
        case .success(let id):
            request.client.send(
                .ok, ["Content-Type": "application/json", "Lambda-Extension-Identifier": id], answer(to: request).bytes)
        }
    }

    private func answer(to request: EnvironmentRequest) -> JSONValue {
        let features = request.head.headers[canonicalForm: "Lambda-Extension-Accept-Feature"]
        return [
            "functionName": .string(function.name), "functionVersion": .string(function.versionText), "handler": .string(function.handler),
            "accountId": features.contains("accountId") ? .string(function.account) : nil,
        ]
    }

    private func report(_ error: ExtensionEndpoint.Slots.ReportedError, from id: String, _ request: EnvironmentRequest) {
        guard let errorType = request.head.headers.first(name: "Lambda-Extension-Function-Error-Type"), !errorType.isEmpty else {
            return request.client.refuse(.missingErrorType)
        }
        if let refusal = endpoint.report(error, errorType, from: id) { return request.client.refuse(refusal) }
        request.client.accept()
    }
}

extension EnvironmentRequest {
    /// Goes on with the extension's identifier, or refuses the request.
    func identify(_ body: (String) -> Void) {
        guard let id = head.headers.first(name: "Lambda-Extension-Identifier"), !id.isEmpty else {
            return client.refuse(.missingIdentifier)
        }
        guard UUID(uuidString: id) != nil else { return client.refuse(.invalidIdentifier) }
        body(id.lowercased())
    }
}
