import AWSWire
import Foundation
import LambdaModel
import Storage

/// The object that a copy takes its bytes from.
struct CopySource {
    var object: StoredObject
    var sha256: String
    var bucket: Bucket

    /// What the answer says of the version that was copied.
    var headers: [String: String] { bucket.versioning == nil ? [:] : ["x-amz-copy-source-version-id": object.version] }

    /// What `x-amz-copy-source` names: `/BUCKET/KEY?versionId=ID`, percent-encoded, its slashes too or not.
    ///
    /// - Throws: `APIError` InvalidArgument.
    fileprivate static func parse(_ text: String) throws -> (bucket: String, key: String, version: String?) {
        let parts = text.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false).map { Substring($0) }
        let path = (PercentEncoding.decodeText(parts.first ?? "") ?? "").utf8
        let names = (path.first == UInt8(ascii: "/") ? path.dropFirst() : path[...])
            .split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
            throw S3Error.invalidArgument(
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", text)
        }
        return (names[0], names[1], parts.count > 1 ? QueryItems(parts[1])["versionId"] : nil)
    }
}

extension S3Service {
    /// S3's limit for one copy.
    private static let copyLimit = 5 << 30

    /// Finds and pins what `x-amz-copy-source` names.
    ///
    /// - Throws: `APIError`, PreconditionFailed among them.
    func copySource(_ request: SignedRequest) throws -> CopySource {
        let (name, key, version) = try CopySource.parse(request.head.header("x-amz-copy-source") ?? "")
        let bucket = try requireBucket(name, request, owner: "x-amz-source-expected-bucket-owner")
        if let version { try Self.checkVersion(version, of: bucket) }
        guard let object = try pinned(request, { try catalog.read { try $0.object(name, key, version: version) } }) else {
            throw version.map { S3Error.noSuchVersion(key, $0) } ?? S3Error.noSuchKey(key)
        }
        guard let sha256 = object.sha256 else {
            throw S3Error.invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
        }
        guard object.size <= Self.copyLimit || request.head.header("x-amz-copy-source-range") != nil else {
            throw S3Error.invalidRequest(
                "The specified copy source is larger than the maximum allowable size for a copy source: \(Self.copyLimit)")
        }
        switch ReadPrecondition.evaluate(request.head, object, prefix: "x-amz-copy-source-") {
        case .passed: break
        case .failed(let condition), .notModified(let condition): throw S3Error.preconditionFailed(condition)
        }
        return CopySource(object: object, sha256: sha256, bucket: bucket)
    }
}
