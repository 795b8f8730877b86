import AWSWire
import LambdaModel
import Storage

/// The part of an object that a read names. What was put as a whole is one part; the parts of an upload are forgotten when it is complete.
enum ObjectPart {
    /// Whether a request wants the only part, which is the whole object.
    ///
    /// - Throws: `APIError` InvalidArgument, InvalidRequest, InvalidPartNumber, NotImplemented.
    static func isWanted(_ request: SignedRequest, of object: StoredObject) throws -> Bool {
        guard let number = try number(request.query) else { return false }
        guard request.head.header("range") == nil else {
            throw S3Error.invalidRequest("Cannot specify both Range header and partNumber query parameter")
        }
        guard !object.etag.contains("-") else { throw S3Error.notImplemented("partNumber") }
        guard number == 1 else {
            throw S3Error.error(
                "InvalidPartNumber", 416, "The requested partnumber is not satisfiable",
                ["ActualPartCount": "1", "PartNumberRequested": String(number)])
        }
        return true
    }

    /// - Throws: `APIError` InvalidArgument.
    static func number(_ query: QueryItems) throws -> Int? {
        guard let text = query["partNumber"] else { return nil }
        guard let number = Int(text), (1...10_000).contains(number) else {
            throw S3Error.invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
        }
        return number
    }
}
