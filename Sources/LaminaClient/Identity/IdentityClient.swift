import AWSWire
import HTTPTransfer

/// Who the caller is, by the security token service.
struct IdentityClient: Sendable {
    private let sender: ServiceSender

    init(_ connection: Connection) throws {
        var sender = try connection.sender(.sts)
        // Asked for hints only, which shall not keep anyone waiting.
        sender.schedule.attempts = 1
        self.sender = sender
    }

    /// The caller's 12-digit account (GetCallerIdentity); nil when the service does not say.
    func account() async -> String? {
        let request = ServiceRequest(
            purpose: "ask who calls", method: "POST", path: "/", headers: ["content-type": "application/x-www-form-urlencoded"],
            body: .bytes(Array("Action=GetCallerIdentity&Version=2011-06-15".utf8)), isIdempotent: true, idleTimeout: 5)
        guard let answer = try? await sender.send(request) else { return nil }
        return XMLAnswer.text("Account", in: String(decoding: answer.body, as: UTF8.self))
    }
}
