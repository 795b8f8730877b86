import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Logging
import Storage

/// Takes every request: authenticates it, gives it to its service, turns errors into that service's own, and logs it.
struct ServiceResponder: HTTPResponder {
    let authenticator: Authenticator
    let blobs: DiskBlobStore
    let collector: BlobCollector
    let lambda: LambdaService
    let s3: S3Service
    let identity: IdentityService
    let logs: LogsService

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let start = ContinuousClock.now
        let requestID = RandomID.make()
        let head = RequestHead(request)
        let pins = blobs.makePins()
        var response = await answer(head, request.body, requestID: requestID, pins, context)
        response.headers[.amznRequestID] = requestID
        if response.status.code >= 400 { await collector.discard(pins) } else { await collector.consider(pins.release()) }
        if head.method == "HEAD" {
            // An answer to HEAD has the length of its body, never the body.
            response.body = ResponseBody(contentLength: response.body.contentLength) { try await $0.finish(nil) }
        }
        context.logger.info(
            "\(head.method) \(head.path)",
            metadata: [
                "status": .string(String(response.status.code)),
                "ms": .string(((ContinuousClock.now - start) / .milliseconds(1)).rounded(toPlaces: 1)), "request": .string(requestID),
            ])
        return response
    }

    private func answer(
        _ head: RequestHead, _ body: RequestBody, requestID: String, _ pins: BlobPins, _ context: ServerContext
    ) async -> Response {
        var format: ErrorFormat?
        do {
            let request = try authenticator.authenticate(head, body, pins)
            format = ErrorFormat(service: request.service)
            guard !request.isContentLocation || request.service == "s3" else { throw SigV4Error.mismatch }
            switch request.service {
            case "lambda": return try await lambda.respond(to: request, requestID: requestID)
            case "s3":
                var response = try await s3.respond(to: request)
                response.headers[.amzRequestID] = requestID
                return response
            case "logs": return try await logs.respond(to: request)
            case "sts", "iam": return try await identity.respond(to: request, requestID: requestID)
            default:
                throw APIError("UnknownOperationException", status: 404, "this server has no service '\(request.service)'", hasType: false)
            }
        } catch {
            return (format ?? ErrorFormat(head)).response(error: describe(error, format, head, requestID, context), requestID: requestID)
        }
    }

    private func describe(
        _ error: any Error, _ format: ErrorFormat?, _ head: RequestHead, _ requestID: String, _ context: ServerContext
    ) -> APIError {
        let format = format ?? ErrorFormat(head)
        switch error {
        case let error as APIError: return error
        case let error as SigV4Error:
            return format.describe(authenticator.judge(error, head, from: context.address))
        case let error as LaminaError where [.limitExceeded, .corrupt].contains(error.code):
            return format.describe(error)
        case let error as LaminaError where error.code == .stopping: return format.failure(error.message)
        default:
            context.logger.error("a request failed", metadata: ["error": "\(error)", "request": "\(requestID)"])
            return format.failure((error as? LaminaError)?.description ?? "Service error; the server's log has the reason")
        }
    }
}

extension HTTPField.Name {
    static let amznRequestID = Self.known("x-amzn-RequestId")
    /// S3's name for the same.
    static let amzRequestID = Self.known("x-amz-request-id")
    static let amznErrorType = Self.known("x-amzn-ErrorType")

    /// A name that is known to be a valid one.
    static func known(_ name: StaticString) -> Self { Self("\(name)") ?? .server }
}
