import AWSWire
import Checksum
import Foundation
import LaminaErrors
import Storage
import Synchronization

/// Presigned URLs of a layer's or function's zip, as AWS hands them out, for 10 minutes.
///
/// They are signed with a key of their own, derived from the server's root key: they outlive a restart, and end with that key.
final class ContentLocations: Sendable {
    private struct Key {
        var id: String
        var secret: String
        var read: ContinuousClock.Instant

        init(_ root: AccessKey) {
            id = idPrefix + root.id.dropFirst(4)
            secret = Hexadecimal.encode(HMAC.sha256(key: Array(root.secret.utf8), "content locations of \(root.id)".utf8))
            read = .now
        }
    }

    private static let idPrefix = "ASIA"
    /// How long a new root key may go unnoticed when URLs are made.
    private static let keyAge = Duration.seconds(1)

    let signingKeys = SigningKeyCache()
    private let catalog: Catalog
    private let key: Mutex<Key>

    /// - Throws: `LaminaError` when there is no root key.
    init(_ catalog: Catalog) throws {
        self.catalog = catalog
        key = Mutex(try Self.currentKey(catalog))
    }

    /// The secret of a location's key; nil for keys of any other kind, and for one that has ended.
    func secret(of accessKeyID: String) throws -> String? {
        guard accessKeyID.hasPrefix(Self.idPrefix) else { return nil }
        let current = try Self.currentKey(catalog)
        key.withLock { $0 = current }
        return current.id == accessKeyID ? current.secret : nil
    }

    private static func currentKey(_ catalog: Catalog) throws -> Key {
        guard let root = try catalog.look({ try $0.rootKey() }) else { throw LaminaError(.corrupt, "the data folder has no root key") }
        return Key(root)
    }

    /// What a location is of; each has a bucket of its own, which no one else can make.
    enum Kind: String, Sendable, CaseIterable {
        case layers, tasks

        func bucket(region: String) -> String { "awslambda-\(region)-\(rawValue)" }
    }

    /// - Parameter endpoint: Where the client reaches this server.
    func url(_ kind: Kind, region: String, account: String, name: String, sha256: String, endpoint: String) throws -> String {
        let key = try key.withLock { key in
            if .now - key.read > Self.keyAge { key = try Self.currentKey(catalog) }
            return key
        }
        let now = Date()
        let day = String(SigV4Date.format(now).prefix(8))
        return SigV4Presigner.presignedGet(
            endpoint: endpoint, path: "/\(kind.bucket(region: region))/snapshots/\(account)/\(name)-\(sha256)", accessKeyID: key.id,
            key: signingKeys.key(secret: key.secret, day: day, region: region, service: "s3"), region: region, service: "s3", expires: 600,
            now: now)
    }

    /// Whether a bucket is one of these.
    static func owns(bucket: String) -> Bool {
        bucket.hasPrefix("awslambda-") && Kind.allCases.contains { bucket.hasSuffix("-\($0.rawValue)") }
    }

    /// The hash that a key in such a bucket ends in.
    static func sha256(key: String) -> String? {
        guard key.hasPrefix("snapshots/") else { return nil }
        return key.split(separator: "-").last.flatMap { SHA256Digest(hexadecimal: $0) }?.hexadecimal
    }
}
