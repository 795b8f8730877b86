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
        try Self.makeCatalogFile(path)
        catalog = try Catalog(path: Self.catalogPath(path))
        blobs = try DiskBlobStore(root: path, catalog: catalog)
        try blobs.sweep()
        try catalog.writeNow { try Self.makeRootKey($0) }
    }

    deinit { try? lock.close() }

    /// The catalog of a folder that a server may hold, for what can be done beside one: reading, accounts and keys.
    ///
    /// - Throws: ``LaminaError`` `notFound` when no server was started here.
    public static func catalog(of path: FilePath) throws -> Catalog {
        guard access(catalogPath(path).string, R_OK) == 0 else {
            throw LaminaError(.notFound, "\(path) holds nothing yet; start 'lamina serve --data \(path)' once")
        }
        return try Catalog(path: catalogPath(path), isUpdated: false)
    }

    /// The key of the first start.
    ///
    /// - Throws: ``LaminaError`` `notFound` when no server was started here.
    public static func rootKey(of path: FilePath) throws -> AccessKey {
        guard let key = try catalog(of: path).read({ try $0.rootKey() }) else {
            throw LaminaError(.notFound, "\(path) holds no key yet; start 'lamina serve --data \(path)' once")
        }
        return key
    }

    private static func catalogPath(_ path: FilePath) -> FilePath { path.appending("catalog.sqlite") }

    /// SQLite itself would let others read it, where the folder lets them, and the keys with it.
    private static func makeCatalogFile(_ path: FilePath) throws {
        do {
            try FileDescriptor.open(
                catalogPath(path), .writeOnly, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600)
            ).close()
        } catch {
            throw LaminaError(.inputOutput, "cannot make \(catalogPath(path))", cause: error)
        }
    }

    private static func makeRootKey(_ catalog: CatalogTransaction) throws {
        guard try catalog.rootKey() == nil else { return }
        let now = Date()
        _ = try catalog.insert(Account(id: Scope.rootAccount, organization: nil, created: now))
        try catalog.insert(AccessKey.make(account: Scope.rootAccount, access: .full, isRoot: true, created: now))
    }
}

extension AccessKey {
    /// A new key, of random letters as AWS's are.
    public static func make(account: String, access: AccessLevel, isRoot: Bool = false, created: Date) -> AccessKey {
        AccessKey(
            id: "AKIA" + secureRandomText(16, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
            secret: Data(secureRandomBytes(30)).base64EncodedString(), account: account, access: access, isRoot: isRoot, created: created)
    }
}
