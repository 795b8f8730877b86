import LambdaModel
import Storage

/// S3's errors by its names.
enum S3Error {
    static let accessDenied = error("AccessDenied", 403, "Access Denied")
    static let incompleteBody = error("IncompleteBody", 400, "The request body terminated unexpectedly")
    static let malformedTrailer = error(
        "MalformedTrailerError", 400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.")
    static let malformedXML = error(
        "MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema")
    static let invalidPartOrder = error(
        "InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part number.")
    static let missingContentLength = error("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
    static let tooLarge = error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")

    /// - Parameter path: As it came.
    static func invalidURI(_ path: String) -> APIError {
        error("InvalidURI", 400, "Couldn't parse the specified URI.", ["URI": path])
    }

    static func invalidBucketName(_ name: String) -> APIError {
        error("InvalidBucketName", 400, "The specified bucket is not valid.", ["BucketName": name])
    }

    static func noSuchBucket(_ name: String) -> APIError {
        error("NoSuchBucket", 404, "The specified bucket does not exist", ["BucketName": name])
    }

    static func noSuchKey(_ key: String) -> APIError { error("NoSuchKey", 404, "The specified key does not exist.", ["Key": key]) }

    static func noSuchVersion(_ key: String, _ version: String) -> APIError {
        error("NoSuchVersion", 404, "The specified version does not exist.", ["Key": key, "VersionId": version])
    }

    /// A delete marker is named as if it were an object.
    static func isDeleteMarker(_ marker: StoredObject, method: String) -> APIError {
        var error = error(
            "MethodNotAllowed", 405, "The specified method is not allowed against this resource.",
            ["Method": method, "ResourceType": "DeleteMarker"])
        error.headers = marker.markerHeaders.merging(["allow": "DELETE"]) { $1 }
        return error
    }

    static func noSuchUpload(_ id: String) -> APIError {
        error(
            "NoSuchUpload", 404,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
            ["UploadId": id])
    }

    static func invalidPart(_ number: Int, etag: String, of upload: String) -> APIError {
        error(
            "InvalidPart", 400,
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
            ["UploadId": upload, "PartNumber": String(number), "ETag": etag])
    }

    static func partTooSmall(_ number: Int, etag: String, size: Int, minimum: Int) -> APIError {
        error(
            "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size",
            ["ETag": etag, "MinSizeAllowed": String(minimum), "PartNumber": String(number), "ProposedSize": String(size)])
    }

    static func invalidRange(_ text: String, size: Int) -> APIError {
        error(
            "InvalidRange", 416, "The requested range is not satisfiable", ["RangeRequested": text, "ActualObjectSize": String(size)])
    }

    /// - Parameter condition: The header whose condition does not hold.
    static func preconditionFailed(_ condition: String) -> APIError {
        error("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold", ["Condition": condition])
    }

    /// - Parameter header: The header or query that asks for what is not there.
    static func notImplemented(_ header: String, _ message: String? = nil) -> APIError {
        var error = error(
            "NotImplemented", 501, "A header you provided implies functionality that is not implemented", ["Header": header])
        if let message { error.details.append(APIError.Detail("additionalMessage", message)) }
        return error
    }

    static func invalidArgument(_ message: String, _ name: String, _ value: String? = nil) -> APIError {
        var error = error("InvalidArgument", 400, message, ["ArgumentName": name])
        if let value { error.details.append(APIError.Detail("ArgumentValue", value)) }
        return error
    }

    static func invalidRequest(_ message: String) -> APIError { error("InvalidRequest", 400, message) }

    static func error(
        _ name: String, _ status: Int, _ message: String, _ details: KeyValuePairs<String, String> = [:]
    ) -> APIError {
        var error = APIError(name, status: status, message, hasType: false)
        error.details = details.map { APIError.Detail($0.key, $0.value) }
        return error
    }
}
