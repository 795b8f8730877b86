/// How a service lets requests in that asks for credentials only when it needs them (RFC 9110, 11), such as a registry of images.
package protocol RequestAuthorization: Sendable {
    /// What to send as `Authorization`; nil for nothing.
    func header() async -> String?

    /// What to tell a user whom the service refuses all the same.
    var advice: String { get async }

    /// Gets what the service wants, after it has answered with 401.
    ///
    /// - Parameters:
    ///   - refused: What was sent as `Authorization`.
    ///   - challenge: The answer's `WWW-Authenticate`.
    /// - Throws: ``LaminaError`` `accessDenied` where nothing is to be had.
    func renew(after refused: String?, _ challenge: String?) async throws
}
