import AWSWire
import Checksum
import SystemPackage

/// A request to a service before it is signed.
struct ServiceRequest: Sendable {
    /// What is sent along.
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A file that is read while it is sent, and its digest, which the signature covers.
        case file(FilePath, SHA256Digest)

        /// The digest in hexadecimal.
        var digest: String {
            switch self {
            case .none: SHA256Digest(of: []).hexadecimal
            case .bytes(let bytes): SHA256Digest(of: bytes).hexadecimal
            case .file(_, let digest): digest.hexadecimal
            }
        }
    }

    /// What the request is for, as it completes "cannot …".
    var purpose: String
    var method: String
    /// Percent-encoded, from its first slash.
    var path: String
    var query: [(name: String, value: String)] = []
    /// By lower-case name.
    var headers: [String: String] = [:]
    var body = Body.none
    /// Whether sending it twice does no more than sending it once.
    var isIdempotent: Bool
    /// Seconds without a byte in either direction.
    var idleTimeout = 60.0

    /// The query as it is sent, without the question mark.
    var queryText: String {
        query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
