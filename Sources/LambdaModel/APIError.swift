/// An error of the AWS API, by AWS's name, status and text.
public struct APIError: Error, Sendable, Hashable {
    public var name: String
    public var status: Int
    public var message: String
    /// Whether the body carries `Type: "User"` (ValidationException and the signature errors do not).
    public var hasType: Bool
    /// Why a request was throttled: `ReservedFunctionConcurrentInvocationLimitExceeded`.
    public var reason: String?
    /// What S3 tells beside the text, each an element of its error: `BucketName`, `Condition`.
    public var details: [Detail] = []
    /// Headers that come with the error, by lower-case name: `allow`, `x-amz-delete-marker`.
    public var headers: [String: String] = [:]

    public struct Detail: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(_ name: String, status: Int, _ message: String, hasType: Bool = true) {
        self.name = name
        self.status = status
        self.message = message
        self.hasType = hasType
    }
}

extension APIError {
    public static func resourceNotFound(_ message: String) -> APIError { APIError("ResourceNotFoundException", status: 404, message) }
    public static func resourceConflict(_ message: String) -> APIError { APIError("ResourceConflictException", status: 409, message) }
    public static func invalidParameter(_ message: String) -> APIError { APIError("InvalidParameterValueException", status: 400, message) }
    public static func accessDenied(_ message: String) -> APIError {
        APIError("AccessDeniedException", status: 403, message, hasType: false)
    }
    public static func preconditionFailed(_ message: String) -> APIError { APIError("PreconditionFailedException", status: 412, message) }
    public static func tooLarge(_ message: String) -> APIError { APIError("RequestEntityTooLargeException", status: 413, message) }
    public static func tooManyRequests(reason: String) -> APIError {
        var error = APIError("TooManyRequestsException", status: 429, "Rate Exceeded.")
        error.reason = reason
        return error
    }
    public static func serialization(_ message: String) -> APIError {
        APIError("SerializationException", status: 400, message, hasType: false)
    }
    public static func service(_ message: String) -> APIError { APIError("ServiceException", status: 500, message) }
    public static func invalidContent(_ message: String) -> APIError { APIError("InvalidRequestContentException", status: 400, message) }

    public static let badZip = invalidParameter("Could not unzip uploaded file. Please check your file, then try to upload again.")
    public static let emptyZip = invalidParameter("Uploaded file must be a non-empty zip")
    public static let missingRuntime = invalidParameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    public static let unzippedTooLarge = invalidParameter("Unzipped size must be smaller than \(Limits.unzipped) bytes")
    public static let zippedTooLarge = tooLarge("Zipped size must be smaller than \(Limits.zippedDirect) bytes")

    public static func requestTooLarge(_ operation: String) -> APIError {
        tooLarge("Request must be smaller than \(Limits.requestBody) bytes for the \(operation) operation")
    }
}
