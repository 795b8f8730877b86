import Checksum
import LambdaModel
import LaminaErrors
import Storage

/// Where a request says that a zip is, besides in itself.
public struct CodeLocation: Sendable {
    public var bucket: String?
    public var key: String?
    public var version: String?
    /// `COPY` or `REFERENCE`.
    public var storageMode: String?
    public var imageURI: String?

    public init(
        bucket: String? = nil, key: String? = nil, version: String? = nil, storageMode: String? = nil, imageURI: String? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.version = version
        self.storageMode = storageMode
        self.imageURI = imageURI
    }

    /// Notes every member that breaks a constraint.
    ///
    /// - Parameter path: What stands before the members' names: `content.`, `code.` or nothing.
    public func validate(_ validation: inout Validation, in path: String) {
        validation.require("\(path)s3Bucket", bucket, .bucket, length: 3...63)
        for (member, value) in [("s3Key", key), ("s3ObjectVersion", version)] {
            validation.requireLength(path + member, value, atMost: 1024)
            validation.requireLength(path + member, value, atLeast: 1)
        }
        validation.requireMember("\(path)s3ObjectStorageMode", storageMode, of: ["COPY", "REFERENCE"])
    }

    /// Whether it names an object at all.
    var namesObject: Bool { bucket != nil || key != nil || version != nil }
}

/// A zip that a request has brought or named; its bytes are pinned.
public struct LocatedCode: Sendable {
    public var blob: Blob
    /// The object that it is to be a reference to.
    public var source: ObjectReference?

    public init(blob: Blob, source: ObjectReference? = nil) {
        self.blob = blob
        self.source = source
    }
}

/// What a zip is for.
public enum CodePurpose: Sendable {
    case layer, newFunction, functionUpdate
}

extension Registry {
    /// Finds the zip of a request: its own, or the object that it names.
    public func locate(
        _ upload: Blob?, _ location: CodeLocation, for purpose: CodePurpose, _ pins: BlobPins, by caller: Caller
    ) throws -> LocatedCode {
        if purpose == .functionUpdate, location.imageURI != nil {
            throw APIError.invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.")
        }
        if let upload {
            guard !location.namesObject else {
                throw APIError.invalidParameter("Please do not provide other FunctionCode parameters when providing a ZipFile.")
            }
            guard upload.size > 0 else { throw APIError.emptyZip }
            return LocatedCode(blob: upload)
        }
        guard let bucket = location.bucket, let key = location.key else {
            throw APIError.invalidParameter("Please provide a source for \(purpose == .layer ? "layer content" : "function code").")
        }
        let object = try pinned(bucket, key, location.version, pins, caller)
        guard let digest = object.sha256.flatMap({ SHA256Digest(hexadecimal: $0) }) else {
            throw LaminaError(.corrupt, "the object \(bucket)/\(key) has no bytes")
        }
        var code = LocatedCode(blob: Blob(digest: digest, size: object.size))
        if location.storageMode == "REFERENCE" {
            code.source = ObjectReference(
                bucket: bucket, key: key, version: object.version == StoredObject.unversioned ? nil : object.version)
        }
        return code
    }

    /// What a function keeps of a zip, once it is known to be one.
    public func package(_ code: LocatedCode) async throws -> LambdaFunction.CodePackage {
        LambdaFunction.CodePackage(
            sha256: code.blob.digest.hexadecimal, size: code.blob.size, unzippedSize: try await inspectZip(code.blob), source: code.source)
    }

    private func pinned(_ bucket: String, _ key: String, _ version: String?, _ pins: BlobPins, _ caller: Caller) throws -> StoredObject {
        let object = try object(bucket, key, version, caller)
        if let sha256 = object.sha256 { pins.pin(sha256) }
        // What was there before the pin may have been collected since.
        let again = try self.object(bucket, key, version, caller)
        return again.sha256 == object.sha256 ? object : try pinned(bucket, key, version, pins, caller)
    }

    private func object(_ bucket: String, _ key: String, _ version: String?, _ caller: Caller) throws -> StoredObject {
        try catalog.read { catalog in
            guard let owner = try catalog.bucket(bucket) else {
                throw Self.objectError("NoSuchBucket", "The specified bucket does not exist")
            }
            guard owner.account == caller.scope.account else {
                throw APIError.accessDenied(
                    "Your access has been denied by S3, please make sure your request credentials have permission to GetObject for \(bucket)/\(key). S3 Error Code: AccessDenied. S3 Error Message: Access Denied"
                )
            }
            guard owner.region == caller.scope.region else {
                throw Self.objectError(
                    "PermanentRedirect", "The bucket is in this region: \(owner.region). Please use this region to retry the request")
            }
            guard let object = try catalog.object(bucket, key, version: version), object.sha256 != nil else {
                throw version == nil
                    ? Self.objectError("NoSuchKey", "The specified key does not exist.")
                    : Self.objectError("NoSuchVersion", "The specified version does not exist.")
            }
            return object
        }
    }

    private static func objectError(_ code: String, _ message: String) -> APIError {
        .invalidParameter("Error occurred while GetObject. S3 Error Code: \(code). S3 Error Message: \(message)")
    }
}
