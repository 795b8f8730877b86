private import CCrypto

/// A running SHA-256, SHA-1 or MD5 over bytes that come in pieces, computed by OpenSSL's libcrypto.
///
/// MD5 serves S3's ETag only.
public struct MessageDigest: ~Copyable {
    /// The digest algorithms that AWS's protocols name.
    public enum Algorithm: Sendable {
        case sha256, sha1, md5
    }

    private let context: OpaquePointer?
    public let algorithm: Algorithm

    public init(_ algorithm: Algorithm) {
        self.algorithm = algorithm
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, algorithm.implementation, nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        EVP_DigestUpdate(context, base, bytes.count)
    }

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { update($0) }
        }
    }

    /// The digest of all that was given so far. Call once.
    public mutating func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return Array(digest.prefix(Int(length)))
    }

    /// The digest of one piece of bytes.
    public static func hash(_ bytes: some Sequence<UInt8>, _ algorithm: Algorithm = .sha256) -> [UInt8] {
        var digest = MessageDigest(algorithm)
        digest.update(bytes)
        return digest.finalize()
    }
}

extension MessageDigest.Algorithm {
    /// Looked up once: libcrypto otherwise does it at every digest, which takes longer than a short digest.
    var implementation: OpaquePointer? {
        switch self {
        case .sha256: Self.implementations.sha256
        case .sha1: Self.implementations.sha1
        case .md5: Self.implementations.md5
        }
    }

    private struct Implementations: @unchecked Sendable {
        // Sendable: libcrypto's method objects are constant and may be used by all threads.
        let sha256 = EVP_MD_fetch(nil, "SHA256", nil), sha1 = EVP_MD_fetch(nil, "SHA1", nil), md5 = EVP_MD_fetch(nil, "MD5", nil)
    }

    private static let implementations = Implementations()
}
