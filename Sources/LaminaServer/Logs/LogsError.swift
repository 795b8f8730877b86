import LambdaModel

/// The errors of CloudWatch Logs, in its words. All are of status 400.
enum LogsError {
    static let groupNotFound = error("ResourceNotFoundException", "The specified log group does not exist.")
    static let streamNotFound = error("ResourceNotFoundException", "The specified log stream does not exist.")
    static let groupExists = error("ResourceAlreadyExistsException", "The specified log group already exists")
    static let streamExists = error("ResourceAlreadyExistsException", "The specified log stream already exists")
    static let limitExceeded = error("LimitExceededException", "Resource limit exceeded.")
    static let invalidToken = invalidParameter("The specified nextToken is invalid.")

    static func invalidParameter(_ message: String) -> APIError { error("InvalidParameterException", message) }

    /// Collects what is wrong with a request's members; the service has its own name for the error.
    static func validate(_ check: (inout Validation) throws -> Void) throws {
        var validation = Validation()
        try check(&validation)
        do {
            try validation.finish()
        } catch let error as APIError {
            throw invalidParameter(error.message)
        }
    }

    private static func error(_ name: String, _ message: String) -> APIError { APIError(name, status: 400, message, hasType: false) }
}
