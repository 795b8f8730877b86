import AWSWire
import LambdaModel

/// Headers that ask for what this server has not: who sends them must not think that he has got it.
enum UnservedHeaders {
    /// - Throws: `APIError` NotImplemented, InvalidArgument, InvalidStorageClass.
    static func check(_ head: RequestHead) throws {
        for (name, values) in head.headers where name.hasPrefix("x-amz-") {
            let value = values.joined(separator: ",")
            guard try isServed(name, value) else { throw S3Error.notImplemented(name) }
        }
        let trailers = DeclaredDigests.trailers(head).filter { $0.hasPrefix(checksum) }
        if let unknown = trailers.first(where: { !isKnownChecksum($0) }) { throw S3Error.notImplemented(unknown) }
    }

    private static func isServed(_ name: String, _ value: String) throws -> Bool {
        switch name {
        // Nobody but the owner has access either way.
        case "x-amz-acl": return ["private", "bucket-owner-full-control"].contains(value)
        case "x-amz-tagging": return value.isEmpty
        // There are no tags, to be copied or to be replaced.
        case "x-amz-tagging-directive":
            guard ["COPY", "REPLACE"].contains(value) else { throw S3Error.invalidArgument("Unknown tagging directive.", name, value) }
            return true
        case "x-amz-bucket-object-lock-enabled": return value.lowercased() == "false"
        case "x-amz-website-redirect-location", "x-amz-write-offset-bytes": return false
        case "x-amz-storage-class":
            guard storageClasses.contains(value) else {
                throw S3Error.error("InvalidStorageClass", 400, "The storage class you specified is not valid")
            }
            return true
        default:
            if name.hasPrefix(checksum) {
                return isKnownChecksum(name) || ["algorithm", "mode", "type"].contains(name.dropFirst(checksum.count))
            }
            return !["x-amz-grant-", "x-amz-object-lock-"].contains { name.hasPrefix($0) } && !name.contains("-encryption-customer-")
        }
    }

    private static let checksum = "x-amz-checksum-"

    private static func isKnownChecksum(_ name: String) -> Bool { ChecksumHeader.allCases.contains { $0.name == name } }

    /// A bucket's classes differ in price and in how soon bytes are there. All of them are kept as STANDARD, which is never worse.
    private static let storageClasses: Set = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR",
    ]
}
