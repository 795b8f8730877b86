/// What SigV4 signs of an HTTP request, apart from its body.
public struct RequestHead: Sendable {
    public var method: String
    /// The path as it came, still percent-encoded.
    public var path: String
    /// The query as it came, without the question mark.
    public var query: String
    /// Values by lower-case name, `host` included.
    public var headers: [String: [String]]

    public init(method: String, path: String, query: String, headers: [String: [String]]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// The first value of a header.
    public func header(_ name: String) -> String? { headers[name]?.first }
}
