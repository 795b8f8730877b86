import Foundation

/// A SHA-256: the identity of a layer version, of a deployment package, of a wheel.
public struct SHA256Digest: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    public let hexadecimal: String

    /// Nil unless the text is 64 hexadecimal digits.
    public init?(hexadecimal: some StringProtocol) {
        guard hexadecimal.utf8.count == 64, Hexadecimal.decode(hexadecimal) != nil else { return nil }
        self.hexadecimal = hexadecimal.lowercased()
    }

    /// Nil unless the text is 32 bytes in base64, as `CodeSha256` is.
    public init?(base64: String) {
        guard let bytes = Data(base64Encoded: base64), bytes.count == 32 else { return nil }
        hexadecimal = Hexadecimal.encode(Array(bytes))
    }

    /// Finishes a running digest, which must be a SHA-256.
    public init(finishing digest: inout MessageDigest) {
        precondition(digest.algorithm == .sha256)
        hexadecimal = Hexadecimal.encode(digest.finalize())
    }

    /// The digest of bytes.
    public init(of bytes: some Sequence<UInt8>) {
        hexadecimal = Hexadecimal.encode(MessageDigest.hash(bytes))
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { Hexadecimal.decode(hexadecimal) ?? [] }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { hexadecimal }
}
