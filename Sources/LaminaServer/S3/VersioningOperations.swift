import AWSWire
import Checksum
import Hummingbird
import LambdaModel
import Storage

extension S3Service {
    func getBucketVersioning(_ request: SignedRequest, _ name: String) throws -> Response {
        let bucket = try requireBucket(name, request)
        return xml("VersioningConfiguration", bucket.versioning.map { [XMLText.element("Status", $0.rawValue)] } ?? [])
    }

    func putBucketVersioning(_ request: SignedRequest, _ name: String) async throws -> Response {
        let bucket = try requireBucket(name, request)
        let tree = try XMLTree.parse(try await collectVerified(request, limit: 1 << 16), root: "VersioningConfiguration")
        guard let status = tree.text("Status") else {
            throw S3Error.error("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified")
        }
        guard let versioning = Bucket.Versioning(rawValue: status) else { throw S3Error.malformedXML }
        guard tree.text("MfaDelete") != "Enabled" else { throw S3Error.notImplemented("MfaDelete") }
        try await catalog.write { catalog in
            try catalog.renew(bucket)
            try catalog.setVersioning(versioning, of: name)
        }
        return Response(status: .ok)
    }

    /// The version that a request names; nil for the latest.
    ///
    /// - Throws: `APIError` InvalidArgument for what cannot be one of the bucket's.
    func version(_ request: SignedRequest, _ bucket: Bucket) throws -> String? {
        guard let version = request.query["versionId"] else { return nil }
        try Self.checkVersion(version, of: bucket)
        return version
    }

    /// - Parameter name: Of the argument that holds the version.
    /// - Throws: `APIError` InvalidArgument for what cannot be one of the bucket's.
    static func checkVersion(_ version: String, of bucket: Bucket, _ name: String = "versionId") throws {
        guard version == StoredObject.unversioned || bucket.versioning != nil && isVersionID(version) else {
            throw S3Error.invalidArgument("Invalid version id specified", name, version)
        }
    }

    private static func isVersionID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }
    }

    /// A new version's id, in a bucket that keeps versions.
    static func newVersion(_ bucket: Bucket) -> String {
        bucket.versioning == .enabled ? Hexadecimal.encode(secureRandomBytes(16)) : StoredObject.unversioned
    }

    /// What the answer to a read says of the version.
    func versionHeaders(_ object: StoredObject, _ bucket: Bucket) -> [String: String] {
        bucket.versioning == nil ? [:] : ["x-amz-version-id": object.version]
    }
}
