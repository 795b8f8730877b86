import AWSWire
import LambdaModel
import Registry

/// A request whose sender is known; its body is still on the wire.
struct SignedRequest: Sendable {
    var head: RequestHead
    var query: QueryItems
    /// `lambda`, `s3`, `sts`.
    var service: String
    var caller: Caller
    var body: RequestStream
    /// Scheme, host and port as the client has them.
    var endpoint: String

    /// The path's parts, decoded.
    var pathParts: [String] { head.path.split(separator: "/").map { PercentEncoding.decode($0) } }
}
