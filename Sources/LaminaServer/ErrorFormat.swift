import AWSWire
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors

/// How a service writes an error: Lambda and Logs in JSON, S3 and the query services in XML.
enum ErrorFormat {
    case json, s3, query
    /// AWS's JSON 1.1 protocol, whose errors name themselves in the body.
    case awsJSON

    static let awsJSONType = "application/x-amz-json-1.1"

    init(service: String) {
        switch service {
        case "s3": self = .s3
        case "sts", "iam": self = .query
        case "logs": self = .awsJSON
        default: self = .json
        }
    }

    /// For a request whose signature could not be read: by what the credential or the path says.
    init(_ head: RequestHead) {
        self.init(service: SigV2Signature(head) != nil ? "s3" : (try? SigV4Signature(head))?.service ?? head.serviceByPath)
    }

    /// The service's name and text for a signature that is not taken.
    func describe(_ error: SigV4Error) -> APIError {
        func make(_ json: String, _ s3: String, _ query: String, _ text: String) -> APIError {
            let name =
                switch self {
                case .json, .awsJSON: json
                case .s3: s3
                case .query: query
                }
            return APIError(name, status: self == .awsJSON ? 400 : 403, text, hasType: false)
        }
        switch error {
        case .missing:
            return make(
                "MissingAuthenticationTokenException", "AccessDenied", "MissingAuthenticationToken",
                self == .s3 ? "Access Denied" : "Missing Authentication Token")
        case .incomplete(let reason):
            var error = make("IncompleteSignatureException", "AuthorizationHeaderMalformed", "IncompleteSignature", reason)
            if self == .s3 { error.status = 400 }
            return error
        case .incompleteQuery(let reason):
            var error = make("IncompleteSignatureException", "AuthorizationQueryParametersError", "IncompleteSignature", reason)
            if self == .s3 { error.status = 400 }
            return error
        case .unknownKey:
            return make(
                "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidClientTokenId",
                self == .s3
                    ? "The AWS Access Key Id you provided does not exist in our records."
                    : "The security token included in the request is invalid.")
        case .mismatch:
            return make(
                "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
            )
        case .skewed(let signed, let now):
            return make(
                "InvalidSignatureException", "RequestTimeTooSkewed", "SignatureDoesNotMatch",
                self == .s3
                    ? "The difference between the request time and the current time is too large."
                    : "Signature expired or not yet current: \(signed) is more than 15 min. away from \(now)")
        case .expired: return make("AccessDeniedException", "AccessDenied", "AccessDenied", "Request has expired")
        case .bodyMismatch:
            var error = make(
                "InvalidSignatureException", "XAmzContentSHA256Mismatch", "SignatureDoesNotMatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.")
            if self == .s3 { error.status = 400 }
            return error
        case .unsignedHeaders(let names):
            var error = make(
                "IncompleteSignatureException", "AccessDenied", "IncompleteSignature",
                self == .s3
                    ? "There were headers present in the request which were not signed"
                    : "'\(names.joined(separator: ", "))' must be a 'SignedHeader' in the AWS Authorization.")
            if self == .s3 { error.details = [APIError.Detail("HeadersNotSigned", names.joined(separator: ", "))] }
            return error
        case .undeclaredBody: return S3Error.invalidRequest("Missing required header for this request: x-amz-content-sha256")
        case .throttled:
            var error = make("TooManyRequestsException", "SlowDown", "Throttling", "Rate exceeded")
            error.status = self == .s3 ? 503 : self == .json ? 429 : 400
            if self == .awsJSON { error.name = "ThrottlingException" }
            return error
        }
    }

    /// The service's name for a body that cannot be read.
    func describe(_ error: LaminaError) -> APIError {
        let isTooLarge = error.code == .limitExceeded
        switch self {
        case .json where isTooLarge: return .tooLarge(error.message)
        case .s3 where isTooLarge: return S3Error.tooLarge
        case .s3: return S3Error.incompleteBody
        case .json, .query, .awsJSON:
            return APIError("SerializationException", status: isTooLarge ? 413 : 400, error.message, hasType: false)
        }
    }

    /// The service's name for what failed on our side.
    func failure(_ message: String) -> APIError {
        switch self {
        case .json: .service(message)
        case .s3: S3Error.error("InternalError", 500, message)
        case .query: APIError("ServiceFailure", status: 500, message, hasType: false)
        case .awsJSON: APIError("ServiceUnavailableException", status: 500, message, hasType: false)
        }
    }

    func response(error: APIError, requestID: String) -> Response {
        var headers = S3Service.fields(error.headers)
        let body: String
        switch self {
        case .json:
            headers[.contentType] = "application/json"
            headers[.amznErrorType] = error.name
            body = Self.json(error)
        case .awsJSON:
            headers[.contentType] = Self.awsJSONType
            headers[.amznErrorType] = error.name
            let object: JSONValue = ["__type": .string(error.name), "message": .string(error.message)]
            body = object.text
        case .s3:
            headers[.contentType] = "application/xml"
            headers[.amzRequestID] = requestID
            body = XMLText.document(
                XMLText.element(
                    "Error",
                    [XMLText.element("Code", error.name), XMLText.element("Message", error.message)]
                        + error.details.map { XMLText.element($0.name, $0.value) } + [XMLText.element("RequestId", requestID)]))
        case .query:
            headers[.contentType] = "text/xml"
            let type = error.status < 500 ? "Sender" : "Receiver"
            let inner = [XMLText.element("Type", type), XMLText.element("Code", error.name), XMLText.element("Message", error.message)]
            body = XMLText.element("ErrorResponse", [XMLText.element("Error", inner), XMLText.element("RequestId", requestID)])
        }
        return Response(
            status: HTTPResponse.Status(code: error.status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    /// AWS: the text is the member `Message` of some errors and `message` of the others (botocore's model of each).
    private static func json(_ error: APIError) -> String {
        let member = withUpperCaseMessage.contains(error.name) ? "Message" : "message"
        let object: JSONValue = [
            "Reason": error.reason.map(JSONValue.string), "Type": error.hasType ? "User" : nil, member: .string(error.message),
        ]
        return object.text
    }

    private static let withUpperCaseMessage: Set = ["ResourceNotFoundException", "ServiceException", "InvalidRuntimeException"]
}
