import AWSWire
import LambdaModel
import Registry
import Storage

/// A request whose sender is known; its body is still on the wire.
struct SignedRequest: Sendable {
    let head: RequestHead
    let query: QueryItems
    /// `lambda`, `s3`, `sts`, `iam`, `logs`.
    let service: String
    let caller: Caller
    let body: RequestStream
    /// The blobs that the request has written or found, until it is answered.
    let pins: BlobPins
    /// Whether it was signed by this server itself, for one zip.
    var isContentLocation = false

    init(_ head: RequestHead, _ service: String, _ caller: Caller, _ body: RequestStream, _ pins: BlobPins) {
        self.head = head
        self.service = service
        self.caller = caller
        self.body = body
        self.pins = pins
        // A plus in a query is a space for S3.
        query = QueryItems(head.query, plusIsSpace: service == "s3")
    }

    /// Scheme, host and port as the client has them: a proxy in front of the server may speak HTTPS with it.
    var endpoint: String {
        let scheme = head.header("x-forwarded-proto")?.lowercased() == "https" ? "https" : "http"
        return "\(scheme)://\(head.header("host") ?? "")"
    }

    /// The path's parts, decoded; a collection's path may end in a slash.
    var pathParts: [String] {
        var parts = head.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if parts.count == 3, parts.last?.isEmpty == true { parts.removeLast() }
        return parts.map { PercentEncoding.decode($0) }
    }
}
