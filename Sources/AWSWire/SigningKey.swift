import Checksum
import Synchronization

/// A secret, bound to a day, a region and a service: what signatures are made with.
public struct SigningKey: Sendable {
    let bytes: [UInt8]

    /// - Parameter day: `20261122`.
    public init(secret: String, day: String, region: String, service: String) {
        bytes = [day, region, service, "aws4_request"].reduce(Array("AWS4\(secret)".utf8)) { HMAC.sha256(key: $0, $1.utf8) }
    }

    /// The key of a signature's scope.
    public init(secret: String, _ signature: SigV4Signature) {
        self.init(secret: secret, day: signature.day, region: signature.region, service: signature.service)
    }
}

/// Signing keys that were made before: they are the same all day, and take most of a signature's time.
public final class SigningKeyCache: Sendable {
    private struct Scope: Hashable {
        var secret, day, region, service: String
    }

    private static let limit = 1000

    private let keys = Mutex<[Scope: SigningKey]>([:])

    public init() {}

    public func key(secret: String, day: String, region: String, service: String) -> SigningKey {
        let scope = Scope(secret: secret, day: day, region: region, service: service)
        if let key = keys.withLock({ $0[scope] }) { return key }
        let key = SigningKey(secret: secret, day: day, region: region, service: service)
        keys.withLock { keys in
            if keys.count >= Self.limit { keys.removeAll() }
            keys[scope] = key
        }
        return key
    }

    public func key(secret: String, _ signature: SigV4Signature) -> SigningKey {
        key(secret: secret, day: signature.day, region: signature.region, service: signature.service)
    }
}
