import AWSWire

/// The operations of S3 that this server has, by S3's names.
enum S3Operation: String {
    case listBuckets = "ListBuckets"
    case createBucket = "CreateBucket"
    case headBucket = "HeadBucket"
    case deleteBucket = "DeleteBucket"
    case getBucketLocation = "GetBucketLocation"
    case getBucketVersioning = "GetBucketVersioning"
    case putBucketVersioning = "PutBucketVersioning"
    case listObjects = "ListObjects"
    case listObjectsV2 = "ListObjectsV2"
    case listObjectVersions = "ListObjectVersions"
    case listMultipartUploads = "ListMultipartUploads"
    case deleteObjects = "DeleteObjects"
    case putObject = "PutObject"
    case copyObject = "CopyObject"
    case getObject = "GetObject"
    case headObject = "HeadObject"
    case getObjectTagging = "GetObjectTagging"
    case deleteObject = "DeleteObject"
    case createMultipartUpload = "CreateMultipartUpload"
    case uploadPart = "UploadPart"
    case uploadPartCopy = "UploadPartCopy"
    case listParts = "ListParts"
    case completeMultipartUpload = "CompleteMultipartUpload"
    case abortMultipartUpload = "AbortMultipartUpload"
}

/// Which operation a request is, by its method, path and query (botocore: `s3/2006-03-01`), and what it is about.
struct S3Route {
    var operation: S3Operation
    var bucket: String
    var key: String

    /// - Throws: `APIError` NotImplemented for what is none of ours, InvalidURI for what is no text.
    init(_ head: RequestHead, _ query: QueryItems) throws {
        (bucket, key) = try Self.resource(head)
        guard query.isText else { throw S3Error.invalidURI(head.path) }
        let isCopy = head.header("x-amz-copy-source") != nil
        let subresource = S3Query.subresource(query) ?? ""
        let target = bucket.isEmpty ? "/" : key.isEmpty ? "bucket" : "object"
        let name = "\(head.method) \(target)\(subresource.isEmpty ? "" : "?\(subresource)")\(isCopy ? " copy" : "")"
        guard let operation = Self.table[name] else {
            throw S3Error.notImplemented(subresource.isEmpty ? head.method : subresource)
        }
        self.operation = operation == .listObjects && query["list-type"] == "2" ? .listObjectsV2 : operation
        try S3Query.check(query, for: self.operation)
    }

    /// Path style, or the bucket before `.localhost`.
    private static func resource(_ head: RequestHead) throws -> (bucket: String, key: String) {
        func decode(_ text: Substring) throws -> String {
            guard let text = PercentEncoding.decodeText(text) else { throw S3Error.invalidURI(head.path) }
            return text
        }
        let path = head.path.hasPrefix("/") ? head.path.dropFirst() : head.path[...]
        if let bucket = bucket(ofHost: head) { return (bucket, try decode(path)) }
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let names = (bucket: try decode(parts.first ?? ""), key: try decode(parts.count > 1 ? parts[1] : ""))
        guard !names.bucket.isEmpty || names.key.isEmpty else { throw S3Error.invalidBucketName("") }
        return names
    }

    /// The bucket before `.localhost`; nil in path style.
    static func bucket(ofHost head: RequestHead) -> String? {
        let host = head.header("host")?.prefix { $0 != ":" } ?? ""
        return host.hasSuffix(".localhost") ? String(host.dropLast(".localhost".count)) : nil
    }

    private static let table: [String: S3Operation] = [
        "GET /": .listBuckets, "PUT bucket": .createBucket, "HEAD bucket": .headBucket, "DELETE bucket": .deleteBucket,
        "GET bucket?location": .getBucketLocation, "GET bucket?versioning": .getBucketVersioning,
        "PUT bucket?versioning": .putBucketVersioning, "GET bucket": .listObjects, "GET bucket?versions": .listObjectVersions,
        "GET bucket?uploads": .listMultipartUploads, "POST bucket?delete": .deleteObjects, "PUT object": .putObject,
        "PUT object copy": .copyObject, "GET object": .getObject, "HEAD object": .headObject, "GET object?tagging": .getObjectTagging,
        "DELETE object": .deleteObject,
        "POST object?uploads": .createMultipartUpload, "PUT object?uploadId": .uploadPart,
        "PUT object?uploadId copy": .uploadPartCopy, "GET object?uploadId": .listParts,
        "POST object?uploadId": .completeMultipartUpload, "DELETE object?uploadId": .abortMultipartUpload,
    ]
}
