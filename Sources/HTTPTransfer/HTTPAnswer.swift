/// What came back for a request.
package struct HTTPAnswer: Sendable {
    package var status: Int
    /// By lower-case name.
    package var headers: [String: String]
    /// Empty where it went to a file.
    package var body: [UInt8]
    /// The host that has answered, where redirections led to another service than the one that was asked. What it says of credentials is
    /// not that one's word.
    package var otherHost: String?

    package init(status: Int, headers: [String: String], body: [UInt8], otherHost: String? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.otherHost = otherHost
    }
}

/// Told of each piece that went over the wire: bytes so far, and of all; the latter 0 or less where it is not known.
public typealias TransferProgress = @Sendable (_ done: Int, _ total: Int) -> Void
