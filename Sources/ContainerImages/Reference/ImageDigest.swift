import Checksum
import LaminaErrors

/// The identity of a blob, as `sha256:` and 64 lower-case hexadecimal digits (OCI image specification, "Digests").
public struct ImageDigest: Hashable, Sendable {
    public let sha256: SHA256Digest

    public init(_ sha256: SHA256Digest) { self.sha256 = sha256 }

    /// - Throws: ``LaminaError`` `invalidArgument` for what is no digest, `unsupported` for one by another algorithm.
    public init(_ text: some StringProtocol) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw LaminaError(.invalidArgument, "'\(text)' is no digest; one looks like sha256: and 64 hexadecimal digits")
        }
        guard parts[0] == "sha256" else {
            throw LaminaError(.unsupported, "the digest '\(text)' is not of SHA-256, which is the only kind that is understood")
        }
        guard let sha256 = SHA256Digest(hexadecimal: parts[1]), sha256.hexadecimal == parts[1] else {
            throw LaminaError(.invalidArgument, "'\(text)' is no digest: after sha256: come 64 hexadecimal digits in lower case")
        }
        self.sha256 = sha256
    }
}

extension ImageDigest: CustomStringConvertible {
    public var description: String { "sha256:\(sha256.hexadecimal)" }
}

extension ImageDigest: Decodable {
    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
}
