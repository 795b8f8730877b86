import AWSWire
import Execution
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Registry

extension LambdaService {
    /// InvokeWithResponseStream: the response goes on as the function gives it, as events.
    func invokeWithResponseStream(_ request: SignedRequest, _ name: String, _ requestID: String) async throws -> Response {
        let type = request.head.header("x-amz-invocation-type") ?? "RequestResponse"
        var validation = Validation()
        validation.requireMember("invocationType", type, of: ["RequestResponse", "DryRun"])
        validation.requireMember("logType", request.logType, of: ["None", "Tail"])
        let prepared = try await prepare(request, name, requestID, validation, operation: "InvokeWithResponseStream")
        let version = prepared.target.function.versionText
        guard type != "DryRun" else { return Response(status: .noContent, headers: [.executedVersion: version]) }
        var invocation = prepared.invocation
        let stream = ResponseStream()
        invocation.stream = stream
        // Not to be cancelled with the connection: as on AWS, a function goes on when its caller is gone.
        let running = Task { [invocation] in try await run(invocation, prepared.target) }
        // What fails before the first byte has a status of its own.
        let first = await stream.next()
        if first == nil { _ = try await running.value }
        let wantsLog = request.wantsLog
        return Response(
            status: .ok, headers: [.contentType: "application/vnd.amazon.eventstream", .executedVersion: version],
            body: ResponseBody { writer in
                do {
                    var piece = first
                    while let bytes = piece {
                        try await writer.write(ByteBuffer(bytes: Self.chunk(bytes)))
                        piece = await stream.next()
                    }
                    try await writer.write(ByteBuffer(bytes: Self.complete(try await running.value, wantsLog: wantsLog)))
                    try await writer.finish(nil)
                } catch {
                    stream.abandon()
                    throw error
                }
            })
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        EventStreamMessage(event: "PayloadChunk", contentType: "application/octet-stream", payload: bytes).bytes
    }

    /// The last event, with the error that the function came to, if any.
    private static func complete(_ result: InvocationResult, wantsLog: Bool) -> [UInt8] {
        let document: JSONValue = [
            "ErrorCode": result.isError ? "Unhandled" : nil,
            "ErrorDetails": result.isError ? .string(String(decoding: result.payload, as: UTF8.self)) : nil,
            "LogResult": wantsLog ? .string(Data(result.logTail).base64EncodedString()) : nil,
        ]
        return EventStreamMessage(event: "InvokeComplete", contentType: "application/json", payload: document.bytes).bytes
    }
}
