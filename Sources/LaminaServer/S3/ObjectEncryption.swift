import AWSWire
import LambdaModel

/// How an object's sender wants it encrypted at rest: kept and told like its other headers, for tools that look whether S3 has heard them.
///
/// The bytes are as safe as the disk that they are on; keys of KMS are of no use without KMS.
enum ObjectEncryption {
    private static let method = "x-amz-server-side-encryption"
    private static let key = method + "-aws-kms-key-id"
    private static let told: Set = [method, key, method + "-bucket-key-enabled"]

    /// What a request wants.
    ///
    /// - Throws: `APIError` InvalidArgument.
    static func headers(_ head: RequestHead) throws -> [String: String] {
        let wanted = headers(head.headers.mapValues { $0.joined(separator: ",") })
        let isKMS = wanted[method]?.hasPrefix("aws:kms") ?? false
        if let method = wanted[method], !["AES256", "aws:kms", "aws:kms:dsse"].contains(method) {
            throw S3Error.invalidArgument("The encryption method specified is not supported", Self.method, method)
        }
        guard isKMS || wanted[key] == nil else {
            throw S3Error.invalidArgument(
                "Server Side Encryption with AWS KMS managed key requires HTTP header \(method) : aws:kms", method, wanted[method])
        }
        return wanted
    }

    /// What was kept with an object or upload.
    static func headers(_ kept: [String: String]) -> [String: String] { kept.filter { told.contains($0.key) } }
}
