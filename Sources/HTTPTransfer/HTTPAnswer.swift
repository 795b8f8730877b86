/// What came back for a request.
package struct HTTPAnswer: Sendable {
    package var status: Int
    /// By lower-case name.
    package var headers: [String: String]
    /// Empty where it went to a file.
    package var body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Told of each piece that went over the wire: bytes so far, and of all; the latter 0 or less where it is not known.
public typealias TransferProgress = @Sendable (_ done: Int, _ total: Int) -> Void
