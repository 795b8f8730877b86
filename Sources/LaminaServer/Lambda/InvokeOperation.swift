import AWSWire
import Execution
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Registry

extension LambdaService {
    func invoke(_ request: SignedRequest, _ name: String, _ requestID: String) async throws -> Response {
        let type = request.head.header("x-amz-invocation-type") ?? "RequestResponse"
        var validation = Validation()
        validation.requireMember("invocationType", type, of: ["Event", "RequestResponse", "DryRun"])
        validation.requireMember("logType", request.logType, of: ["None", "Tail"])
        let prepared = try await prepare(request, name, requestID, validation, operation: "InvokeFunction", isEvent: type == "Event")
        let target = prepared.target
        switch type {
        case "DryRun": return Response(status: .noContent, headers: [.executedVersion: target.function.versionText])
        // AWS hands the context on where the caller waits, and nowhere else.
        case "Event": return try await accept(prepared.invocation.payload, target, requestID)
        default: break
        }
        let result = try await run(prepared.invocation, target)
        var headers: HTTPFields = [.contentType: "application/json", .executedVersion: target.function.versionText]
        if result.isError { headers[.functionError] = "Unhandled" }
        if request.wantsLog { headers[.logResult] = Data(result.logTail).base64EncodedString() }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: result.payload)))
    }

    /// What a request asks to be run: its event, checked, and the version that it goes to.
    func prepare(
        _ request: SignedRequest, _ name: String, _ requestID: String, _ validation: Validation, operation: String, isEvent: Bool = false
    ) async throws -> (invocation: Invocation, target: InvocationTarget) {
        let payload = try await payload(request, operation, isEvent: isEvent)
        try validation.finish()
        let target = try registry.invocationTarget(name, qualifier: request.query["Qualifier"], for: request.caller)
        try Self.requireJSON(payload)
        var invocation = Invocation(
            requestID: requestID, payload: payload, clientContext: try Self.clientContext(request), functionARN: target.arn,
            traceID: request.head.header("x-amzn-trace-id"))
        invocation.waitsForExtensions = request.wantsLog
        return (invocation, target)
    }

    /// Runs an invocation to its end; its stream, if it has one, ends with it.
    ///
    /// - Throws: `APIError` InvalidRuntimeException when this machine lacks what the function needs: asking again does not help.
    func run(_ invocation: Invocation, _ target: InvocationTarget) async throws -> InvocationResult {
        do {
            return try await executor.invoke(target.function, invocation, reservedConcurrency: target.reservedConcurrency)
        } catch let error as LaminaError where [.toolMissing, .invalidArgument, .unsupported].contains(error.code) {
            throw APIError("InvalidRuntimeException", status: 502, error.message)
        }
    }

    /// The older way to invoke asynchronously.
    func invokeAsync(_ request: SignedRequest, _ name: String, _ requestID: String) async throws -> Response {
        let payload = try await payload(request, "InvokeAsync", isEvent: true)
        let target = try registry.invocationTarget(name, qualifier: nil, for: request.caller)
        try Self.requireJSON(payload)
        return try await accept(payload, target, requestID)
    }

    private func accept(_ payload: [UInt8], _ target: InvocationTarget, _ requestID: String) async throws -> Response {
        let now = Date()
        try await events.accept(
            QueuedEvent(
                id: requestID, scope: target.arn.scope, function: target.arn.name, qualifier: target.arn.qualifier, payload: payload,
                accepted: now, due: now))
        return Response(status: .accepted)
    }

    /// The event; `{}` for an empty body.
    private func payload(_ request: SignedRequest, _ operation: String, isEvent: Bool) async throws -> [UInt8] {
        let limit = isEvent ? Limits.asynchronousRequest : Limits.synchronousRequest
        do {
            let payload = try await request.body.collect(limit: limit)
            return payload.isEmpty ? Array("{}".utf8) : payload
        } catch let error as LaminaError where error.code == .limitExceeded {
            guard isEvent else {
                throw APIError.tooLarge("Request must be smaller than \(limit) bytes for the \(operation) operation")
            }
            let size = request.head.header("content-length") ?? "The"
            throw APIError.tooLarge("\(size) byte payload is too large for the Event invocation type (limit \(limit) bytes)")
        }
    }

    private static func requireJSON(_ payload: [UInt8]) throws {
        if let flaw = JSONSyntax.flaw(in: payload) {
            throw APIError.invalidContent("Could not parse request body into json: Could not parse payload into json: \(flaw)")
        }
    }

    private static func clientContext(_ request: SignedRequest) throws -> String? {
        try request.head.header("x-amz-client-context").map { text in
            guard text.utf8.count <= Limits.clientContext else {
                throw APIError.invalidContent("Client context must be at most \(Limits.clientContext) bytes of Base64.")
            }
            // Written anew, since it travels on in a header: without line breaks, in ASCII.
            guard let data = Data(base64Encoded: text), let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
                let compact = try? JSONSerialization.data(withJSONObject: object)
            else { throw APIError.invalidContent("Client context must be a valid Base64-encoded JSON object.") }
            return String(decoding: compact, as: UTF8.self).asciiJSON
        }
    }
}

extension SignedRequest {
    var logType: String? { head.header("x-amz-log-type") }
    /// Whether the end of the invocation's log goes with the answer.
    var wantsLog: Bool { logType == "Tail" }
}

extension String {
    /// JSON text with its other characters as `\u` escapes.
    fileprivate var asciiJSON: String {
        utf16.map { unit in
            guard unit >= 0x80 else { return String(UnicodeScalar(UInt8(unit))) }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

extension HTTPField.Name {
    fileprivate static let functionError = known("X-Amz-Function-Error")
    fileprivate static let logResult = known("X-Amz-Log-Result")
    static let executedVersion = known("X-Amz-Executed-Version")
}
