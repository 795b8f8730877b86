/// What a key may do within its account.
public enum AccessLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case full
    /// Read, and publish layer versions, by way of S3 too.
    case publish
    case read

    /// Whether an action, as IAM names it (`lambda:PublishLayerVersion`), is allowed.
    public func allows(_ action: String) -> Bool {
        switch self {
        case .full: true
        case .publish: Self.isReading(action) || Self.publishing.contains(action)
        case .read: Self.isReading(action)
        }
    }

    private static func isReading(_ action: String) -> Bool {
        let operation = action.drop { $0 != ":" }.dropFirst()
        return ["Get", "List", "Head", "Describe", "Filter"].contains { operation.hasPrefix($0) }
    }

    private static let publishing: Set = [
        "lambda:PublishLayerVersion", "s3:CreateBucket", "s3:PutObject", "s3:CopyObject", "s3:CreateMultipartUpload", "s3:UploadPart",
        "s3:UploadPartCopy", "s3:CompleteMultipartUpload", "s3:AbortMultipartUpload",
    ]
}
