import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Logging
import Storage
import ZipArchive

/// The rules of layers and functions: who may do what, which values are taken, what a change leaves behind.
///
/// Methods throw `APIError` in AWS's words. Each change is one transaction of the catalog, after its bytes are durable.
public struct Registry: Sendable {
    public let catalog: Catalog
    public let blobs: any BlobStore
    public let collector: BlobCollector
    let settings: RegistrySettings
    let logger: Logger
    let invoked = CatalogCache<FunctionARN, InvokedFunction>(limit: 1000)

    public init(catalog: Catalog, blobs: any BlobStore, settings: RegistrySettings = RegistrySettings(), logger: Logger) {
        self.catalog = catalog
        self.blobs = blobs
        self.settings = settings
        self.logger = logger
        collector = BlobCollector(blobs: blobs, logger: logger)
    }

    /// Looks into an uploaded zip and gives its size when unzipped.
    ///
    /// - Throws: `APIError`: AWS's one text for every bad zip (the reason goes to the log), or the text for one that is too large.
    func inspectZip(_ blob: Blob) async throws -> Int {
        let inspect: @Sendable (ZipReader) throws -> Int = { zip in
            guard !zip.entries.isEmpty else { throw APIError.emptyZip }
            guard zip.totalSize <= Limits.unzipped else { throw APIError.unzippedTooLarge }
            try zip.checkExtractable()
            try zip.verifyContents()
            return zip.totalSize
        }
        do {
            switch try blob.bytes.map(BlobContent.memory) ?? blobs.content(blob.digest.hexadecimal) {
            case .file(let path): return try await onBlockingThread { try inspect(try ZipReader(path)) }
            case .memory(let bytes):
                let zip = try ZipReader(bytes)
                // What is small is read in less time than a change of threads takes.
                return zip.totalSize <= 1 << 20 ? try inspect(zip) : try await onBlockingThread { try inspect(zip) }
            }
        } catch let error as LaminaError where [.corrupt, .unsafe, .unsupported, .limitExceeded].contains(error.code) {
            logger.notice("an uploaded zip is refused", metadata: ["reason": "\(error)", "sha256": "\(blob.digest)"])
            throw APIError.badZip
        }
    }

    /// - Throws: `APIError` CodeStorageExceededException when a transaction has brought a scope's code above the limit.
    static func requireCodeStorage(_ catalog: CatalogTransaction, _ scope: Scope, _ settings: RegistrySettings) throws {
        guard try catalog.codeStorage(in: scope) <= settings.codeStorage else {
            throw APIError("CodeStorageExceededException", status: 400, "Code storage limit exceeded.")
        }
    }

    static func newRevision() -> String { RandomID.make() }
}

/// Quotas that a server can change.
public struct RegistrySettings: Sendable {
    /// Bytes of layer versions and deployment packages in an account's region.
    public var codeStorage = 75 << 30
    /// Invocations at a time in an account's region.
    public var concurrency = 1000
    /// Of these, what must remain for functions without a reservation.
    public static let unreservedConcurrency = 100

    public init() {}
}

/// Who calls, by the key that signed the request.
public struct Caller: Sendable, Hashable {
    public var scope: Scope
    /// The organization that the caller's account belongs to.
    public var organization: String?
    /// The caller's own ARN, as errors print it.
    public var arn: String
    public var access: AccessLevel

    public init(scope: Scope, organization: String? = nil, arn: String, access: AccessLevel = .full) {
        self.scope = scope
        self.organization = organization
        self.arn = arn
        self.access = access
    }

    /// Requires that the caller's key may do something at all.
    ///
    /// - Parameter action: As IAM names it: `lambda:PublishLayerVersion`.
    /// - Throws: `APIError` AccessDeniedException in AWS's words, or another error with them.
    public func require(_ action: String, or error: (String) -> APIError = APIError.accessDenied) throws {
        guard access.allows(action) else {
            throw error("User: \(arn) is not authorized to perform: \(action) because no identity-based policy allows the \(action) action")
        }
    }

    /// The error of an action on what another account has not shared.
    public func denied(_ action: String, on resource: some CustomStringConvertible) -> APIError {
        .accessDenied(
            "User: \(arn) is not authorized to perform: \(action) on resource: \(resource) because no resource-based policy allows the \(action) action"
        )
    }
}
