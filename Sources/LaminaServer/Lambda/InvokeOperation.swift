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
        let payload: [UInt8]
        do {
            payload = try await request.body.collect(limit: Limits.synchronousRequest)
        } catch let error as LaminaError where error.code == .limitExceeded {
            throw APIError.tooLarge("Request must be smaller than \(Limits.synchronousRequest) bytes for the InvokeFunction operation")
        }
        let function = try await registry.function(name, qualifier: request.query["Qualifier"], for: request.caller)
        try Self.requireJSON(payload)
        switch request.head.header("x-amz-invocation-type") ?? "RequestResponse" {
        case "RequestResponse": break
        case "DryRun": return Response(status: .noContent)
        case "Event": throw APIError.invalidParameter("This server has no asynchronous invocations yet: invoke with RequestResponse.")
        case let type:
            throw APIError.validation("invocationType", value: type, "Member must satisfy enum value set: [Event, RequestResponse, DryRun]")
        }
        let result: InvocationResult
        do {
            result = try await executor.invoke(
                function,
                Invocation(
                    requestID: requestID, payload: payload.isEmpty ? Array("{}".utf8) : payload,
                    clientContext: try Self.clientContext(request)))
        } catch let error as LaminaError where [.toolMissing, .invalidArgument, .unsupported].contains(error.code) {
            // What this machine lacks to run the function; asking again does not help.
            throw APIError("InvalidRuntimeException", status: 502, error.message)
        }
        var headers: HTTPFields = [.contentType: "application/json", .executedVersion: "$LATEST"]
        if result.isError { headers[.functionError] = "Unhandled" }
        if request.head.header("x-amz-log-type") == "Tail" { headers[.logResult] = Data(result.logTail).base64EncodedString() }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: result.payload)))
    }

    private static func requireJSON(_ payload: [UInt8]) throws {
        guard !payload.isEmpty else { return }
        do {
            _ = try JSONSerialization.jsonObject(with: Data(payload), options: .fragmentsAllowed)
        } catch {
            throw APIError.invalidContent(
                "Could not parse request body into json: Could not parse payload into json: \((error as NSError).userInfo[NSDebugDescriptionErrorKey] ?? "\(error)")"
            )
        }
    }

    private static func clientContext(_ request: SignedRequest) throws -> String? {
        try request.head.header("x-amz-client-context").map { text in
            // Written anew, since it travels on in a header: without line breaks, in ASCII.
            guard let data = Data(base64Encoded: text), let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
                let compact = try? JSONSerialization.data(withJSONObject: object)
            else { throw APIError.invalidContent("Client context must be a valid Base64-encoded JSON object.") }
            return String(decoding: compact, as: UTF8.self).asciiJSON
        }
    }
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
    fileprivate static let executedVersion = known("X-Amz-Executed-Version")
}
