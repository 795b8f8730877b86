import AWSWire

/// Which queries an operation takes (botocore: `s3/2006-03-01`).
enum S3Query {
    /// Queries that make another operation of a request, those of it that this server has among them.
    private static let subresources: Set = [
        "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "delete", "encryption", "intelligent-tiering",
        "inventory", "legal-hold", "lifecycle", "location", "logging", "metadataAnnotationTable", "metadataConfiguration",
        "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls",
        "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore", "retention", "select",
        "session", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website",
    ]

    /// The query that tells which operation a request is; nil for the plain one of its method.
    static func subresource(_ query: QueryItems) -> String? { query.pairs.first { subresources.contains($0.name) }?.name }

    /// Refuses what would be another operation than the one that was found.
    ///
    /// What changes something takes the queries that it knows and no others: AWS adds subresources, and `DELETE /bucket?new` must
    /// not delete the bucket. What only reads ignores the others, as AWS does.
    ///
    /// - Throws: `APIError` NotImplemented, InvalidArgument.
    static func check(_ query: QueryItems, for operation: S3Operation) throws {
        let own = operation.queries
        for (name, _) in query.pairs where !own.contains(name) {
            guard !subresources.contains(name) else { throw S3Error.notImplemented(name) }
            guard operation.changes, !signature.contains(name.lowercased()), !name.lowercased().hasPrefix("x-amz-") else { continue }
            switch name {
            case "partNumber": throw S3Error.invalidArgument("A part number must come with an upload id", name)
            case "versionId": throw S3Error.invalidArgument("This operation does not accept a version-id.", name)
            default: throw S3Error.notImplemented(name)
            }
        }
    }

    /// What SDKs add to every request, and presigned URLs beside `X-Amz-…`: a signature of Version 2, and headers that became queries.
    private static let signature: Set = ["x-id", "awsaccesskeyid", "signature", "expires", "content-type", "content-md5", "date"]
}

extension S3Operation {
    /// Whether it does more than read.
    fileprivate var changes: Bool { !["Get", "List", "Head"].contains { rawValue.hasPrefix($0) } }

    /// The queries that it takes and that mean something to it, apart from those of reading, which are looked at where they are used.
    fileprivate var queries: Set<String> {
        switch self {
        case .getBucketLocation: ["location"]
        case .getBucketVersioning, .putBucketVersioning: ["versioning"]
        case .listObjectVersions: ["versions"]
        case .listMultipartUploads, .createMultipartUpload: ["uploads"]
        case .deleteObjects: ["delete"]
        case .getObjectTagging: ["tagging"]
        case .deleteObject: ["versionId"]
        case .uploadPart, .uploadPartCopy: ["uploadId", "partNumber"]
        case .listParts, .completeMultipartUpload, .abortMultipartUpload: ["uploadId"]
        case .listBuckets, .createBucket, .headBucket, .deleteBucket, .listObjects, .listObjectsV2, .putObject, .copyObject, .getObject,
            .headObject:
            []
        }
    }
}
