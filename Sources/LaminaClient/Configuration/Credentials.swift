/// An access key of AWS, or of a server that speaks its API.
public struct Credentials: Sendable, Hashable {
    public var accessKeyID: String
    public var secret: String
    /// Of temporary credentials.
    public var sessionToken: String?

    public init(accessKeyID: String, secret: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.sessionToken = sessionToken
    }
}

extension Credentials: CustomStringConvertible {
    /// Without what is secret.
    public var description: String { "access key \(accessKeyID)" }
}
