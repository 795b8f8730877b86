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
            if let mode = request.responseMode, !["streaming", "buffered"].contains(mode) {
                request.client.refuse("InvalidFunctionResponseMode", "Invalid function response mode: \(mode)", status: .badRequest)
            } else {
                settle(endpoint.answer(parts[1], Self.outcome(of: request)), request)
            }
        case (.POST, "invocation", "error", 3):
            settle(endpoint.answer(parts[1], .error(request.reportedError)), request)
        case (.POST, "init", "error", 2):
            settle(endpoint.failInit(request.reportedError), request)
        default: return false
        }
        return true
    }

    private func settle(_ refusal: RuntimeEndpoint.Slot.Refusal?, _ request: EnvironmentRequest) {
        if let refusal { return request.client.refuse(refusal) }
        guard !request.isTooLarge else {
            return request.client.refuse(
                "RequestEntityTooLarge", "Exceeded maximum allowed payload size (\(Limits.synchronousResponse) bytes).",
                status: .payloadTooLarge)
        }
        request.client.accept()
    }

    /// What a whole response stands for; one that was streamed to a caller who waits for all of it may end with an error.
    private static func outcome(of request: EnvironmentRequest) -> RuntimeEndpoint.Outcome {
        if request.isTooLarge { return .error(.tooLarge(limit: Limits.synchronousResponse)) }
        return request.errorBehindStream.map { .error($0) } ?? .response(request.body)
    }
}

extension EnvironmentRequest {
    private static let errorType = "Lambda-Runtime-Function-Error-Type"

    /// How the runtime means to hand over its response, in lower case; nil for all at once.
    var responseMode: String? { head.headers.first(name: "Lambda-Runtime-Function-Response-Mode")?.lowercased() }

    /// The error that the request tells of, its type as AWS's own part of an environment takes it.
    fileprivate var reportedError: RuntimeEndpoint.Slot.ReportedError {
        guard !isTooLarge else { return .tooLarge(limit: Limits.synchronousResponse) }
        let parts = (head.headers.first(name: Self.errorType) ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let isKnown =
            parts.count == 2 && ["Runtime", "Function"].contains(parts[0]) && parts[1].count > 1 && parts[1].first?.isUppercase == true
            && parts[1].allSatisfy { $0.isASCII && $0.isLetter }
        return .init(type: isKnown ? parts.joined(separator: ".") : "Runtime.Unknown", body: body)
    }

    /// The error that a streamed response's trailers tell of.
    var errorBehindStream: RuntimeEndpoint.Slot.ReportedError? {
        guard let type = trailers?.first(name: Self.errorType) else { return nil }
        let body = trailers?.first(name: "Lambda-Runtime-Function-Error-Body").flatMap { Data(base64Encoded: $0) }.map(Array.init)
        return .init(type: type, body: body ?? JSONValue.object([.init("errorType", .string(type))]).bytes)
    }
}

extension RuntimeSlot.ReportedError {
    /// - Parameter limit: Bytes that a response may have.
    static func tooLarge(limit: Int) -> Self {
        Self(
            type: "Function.ResponseSizeTooLarge",
            body: Array(
                #"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (\#(limit) bytes)."}"#
                    .utf8))
    }
}
