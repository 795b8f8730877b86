import Foundation
import LambdaModel
import NIOHTTP1

/// The routes of the Runtime API, 2018-06-01.
struct RuntimeAPI: EnvironmentAPI {
    let endpoint: RuntimeEndpoint

    func respond(to request: EnvironmentRequest) -> Bool {
        guard request.path.starts(with: ["2018-06-01", "runtime"]) else { return false }
        let parts = request.path.dropFirst(2).map(String.init)
        switch (request.head.method, parts.first, parts.last, parts.count) {
        case (.GET, "invocation", "next", 2):
            endpoint.poll(request.client)
        case (.POST, "invocation", "response", 3):
            settle(endpoint.answer(parts[1], Self.outcome(of: request)), request.client)
        case (.POST, "invocation", "error", 3):
            settle(endpoint.answer(parts[1], .error(request.isTooLarge ? Self.tooLarge : request.body)), request.client)
        case (.POST, "init", "error", 2):
            settle(endpoint.failInit(request.body), request.client)
        default: return false
        }
        return true
    }

    private func settle(_ refusal: String?, _ client: EnvironmentClient) {
        if let refusal { return client.refuse("InvalidStateTransition", refusal) }
        client.send(.accepted, json: #"{"status":"OK"}"#)
    }

    /// What a whole response stands for; one that was streamed to a caller who waits for all of it may end with an error.
    private static func outcome(of request: EnvironmentRequest) -> RuntimeEndpoint.Outcome {
        if request.isTooLarge { return .error(tooLarge) }
        if let error = streamError(in: request) { return .error(error.body) }
        return .response(request.body)
    }

    /// The error that a streamed response's trailers tell of.
    static func streamError(in request: EnvironmentRequest) -> RuntimeSlot<EnvironmentClient>.StreamError? {
        guard let type = request.trailers?.first(name: "Lambda-Runtime-Function-Error-Type") else { return nil }
        let body = request.trailers?.first(name: "Lambda-Runtime-Function-Error-Body").flatMap { Data(base64Encoded: $0) }.map(Array.init)
        return .init(type: type, body: body ?? JSONValue.object([.init("errorType", .string(type))]).bytes)
    }

    static let tooLarge = Array(
        #"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
            .utf8)
}
