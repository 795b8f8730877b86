import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Logging

/// Takes every request: authenticates it, gives it to its service, turns errors into that service's own, and logs it.
struct ServiceResponder: HTTPResponder {
    let authenticator: Authenticator
    let lambda: LambdaService
    let s3: S3Service
    let identity: IdentityService

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let requestID = UUID().uuidString.lowercased()
        let head = RequestHead(request)
        var response = await answer(head, request.body, requestID: requestID, logger: context.logger)
        response.headers[.amznRequestID] = requestID
        if head.method == "HEAD" {
            // An answer to HEAD has the length of its body, never the body.
            response.body = ResponseBody(contentLength: response.body.contentLength) { try await $0.finish(nil) }
        }
        context.logger.info(
            "\(head.method) \(head.path)",
            metadata: [
                "status": "\(response.status.code)", "ms": "\(((ContinuousClock.now - start) / .milliseconds(1)).rounded(toPlaces: 1))",
                "request": "\(requestID)",
            ])
        return response
    }

    private func answer(_ head: RequestHead, _ body: RequestBody, requestID: String, logger: Logger) async -> Response {
        var format = ErrorFormat(head)
        do {
            let request = try await authenticator.authenticate(head, body)
            format = ErrorFormat(service: request.service)
            switch request.service {
            case "lambda": return try await lambda.respond(to: request, requestID: requestID)
            case "s3": return try await s3.respond(to: request)
            case "sts": return try await identity.respond(to: request, requestID: requestID)
            default:
                throw APIError("UnknownOperationException", status: 404, "this server has no service '\(request.service)'", hasType: false)
            }
        } catch let error as APIError {
            return format.response(error, requestID: requestID)
        } catch let error as SigV4Error {
            return format.response(format.describe(error), requestID: requestID)
        } catch let error as LaminaError where [.limitExceeded, .corrupt].contains(error.code) {
            return format.response(format.describe(error), requestID: requestID)
        } catch {
            logger.error("a request failed", metadata: ["error": "\(error)", "request": "\(requestID)"])
            return format.response(Self.failure(error), requestID: requestID)
        }
    }

    private static func failure(_ error: any Error) -> APIError {
        guard let error = error as? LaminaError else { return .service("Service error; the server's log has the reason") }
        return .service(error.description)
    }
}

extension HTTPField.Name {
    static let amznRequestID = Self.known("x-amzn-RequestId")
    static let amznErrorType = Self.known("x-amzn-ErrorType")

    /// A name that is known to be a valid one.
    static func known(_ name: StaticString) -> Self { Self("\(name)") ?? .server }
}
