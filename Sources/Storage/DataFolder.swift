import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A server's data folder, held by one process at a time: the catalog, the blobs, and the root key.
public final class DataFolder: Sendable {
    public let path: FilePath
    public let catalog: Catalog
    public let blobs: DiskBlobStore
    private let lock: FileDescriptor

    /// Opens or makes the folder, waits for nothing, and clears what a crash left.
    ///
    /// - Throws: ``LaminaError`` `unavailable` while another server holds it.
    public init(_ path: FilePath) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            lock = try FileDescriptor.open(
                path.appending("lock"), .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        } catch {
            throw LaminaError(.inputOutput, "cannot make the data folder \(path)", cause: error)
        }
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? lock.close()
            throw LaminaError(.unavailable, "another server uses the data folder \(path); stop it, or name another with --data")
        }
        catalog = try Catalog(path: Self.catalogPath(path))
        blobs = try DiskBlobStore(root: path)
        try blobs.sweep(keeping: catalog.referencedBlobs())
        try Self.makeRootKey(in: catalog)
    }

    deinit { try? lock.close() }

    /// The key of the first start, read without holding the folder.
    ///
    /// - Throws: ``LaminaError`` `notFound` when no server was started here.
    public static func rootKey(of path: FilePath) throws -> AccessKey {
        guard access(catalogPath(path).string, R_OK) == 0, let key = try Catalog.rootKey(ofFile: catalogPath(path)) else {
            throw LaminaError(.notFound, "\(path) holds no key yet; start 'lamina serve --data \(path)' once")
        }
        return key
    }

    private static func catalogPath(_ path: FilePath) -> FilePath { path.appending("catalog.sqlite") }

    private static func makeRootKey(in catalog: Catalog) throws {
        guard try catalog.rootKey() == nil else { return }
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let id = "AKIA" + String(secureRandomBytes(16).map { alphabet[Int($0) % alphabet.count] })
        let secret = Data(secureRandomBytes(30)).base64EncodedString()
        try catalog.insert(AccessKey(id: id, secret: secret, account: Scope.rootAccount, isRoot: true), created: Date())
    }
}
