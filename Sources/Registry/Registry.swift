import Checksum
import LambdaModel
import LaminaErrors
import Logging
import Storage
import SystemPackage
import ZipArchive

/// The rules of layers and functions: who may do what, which values are taken, what a change leaves behind.
///
/// Methods throw `APIError` in AWS's words. Each change is one transaction of the catalog, after its bytes are durable.
public struct Registry: Sendable {
    public let catalog: Catalog
    public let blobs: any BlobStore
    let logger: Logger

    public init(catalog: Catalog, blobs: any BlobStore, logger: Logger) {
        self.catalog = catalog
        self.blobs = blobs
        self.logger = logger
    }

    /// Looks into an uploaded zip and gives its size when unzipped.
    ///
    /// - Throws: `APIError`: AWS's one text for every bad zip (the reason goes to the log), or the text for one that is too large.
    func inspectZip(_ blob: Blob) async throws -> Int {
        do {
            let file = try await blobs.file(blob.digest.hexadecimal)
            return try await onBlockingThread {
                let zip = try ZipReader(file)
                guard zip.totalSize <= Limits.unzipped else { throw APIError.unzippedTooLarge }
                try zip.checkExtractable()
                return zip.totalSize
            }
        } catch let error as LaminaError where [.corrupt, .unsafe, .unsupported, .limitExceeded].contains(error.code) {
            logger.notice("an uploaded zip is refused", metadata: ["reason": "\(error)", "sha256": "\(blob.digest)"])
            throw APIError.badZip
        }
    }
}

/// Who calls, by the key that signed the request.
public struct Caller: Sendable, Hashable {
    public var scope: Scope
    /// The caller's own ARN, as errors print it.
    public var arn: String

    public init(scope: Scope, arn: String) {
        self.scope = scope
        self.arn = arn
    }
}
