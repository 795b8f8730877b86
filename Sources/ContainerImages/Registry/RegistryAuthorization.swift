import Foundation
import HTTPTransfer
import LaminaErrors

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// How one registry lets requests for one repository in: openly, by a name and password, or by a token of its token server.
actor RegistryAuthorization: RequestAuthorization {
    private let reference: ImageReference
    private let isPlain: Bool
    private let configuration: DockerConfiguration
    private let session: TransferSession
    private var current: String?
    private var renewal: Task<String, any Error>?
    private var found: FoundCredentials?

    /// - Parameter isPlain: Whether the user lets credentials go over the network without TLS.
    init(_ reference: ImageReference, isPlain: Bool, configuration: DockerConfiguration, session: TransferSession) {
        (self.reference, self.isPlain, self.configuration, self.session) = (reference, isPlain, configuration, session)
    }

    func header() -> String? { current }

    /// What to tell a user whom the registry refuses.
    var advice: String {
        switch found?.credentials {
        case .password(let user, _): "it does not accept the user \(user) of docker's credentials there"
        case .identityToken: "it does not accept docker's token for it; log in again"
        case nil: "log in (docker login \(reference.registry))\(found?.note.map { "; \($0)" } ?? "")"
        }
    }

    func renew(after refused: String?, _ challenge: String?) async throws {
        // Whoever else was refused may have got a new one meanwhile.
        guard current == refused else { return }
        let task = renewal ?? Task { try await authorize(challenge ?? "") }
        renewal = task
        // Others that have waited may be late, when there is another renewal.
        defer { if renewal == task { renewal = nil } }
        current = try await task.value
    }

    private func authorize(_ header: String) async throws -> String {
        let challenges = AuthenticationChallenge.parse(header)
        let found = try await configuration.credentials(for: reference.registry)
        self.found = found
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            let server = try TokenServer(
                bearer, defaultScope: "repository:\(reference.repository):pull",
                plain: isPlain ? .anywhere : reference.isLoopback ? .onThisMachine : .never, registry: reference.registry)
            return "Bearer " + (try await server.token(found.credentials, session))
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else {
            throw LaminaError(.unsupported, "\(reference.registry) wants another authentication than a password or a token")
        }
        guard case .password(let user, let password)? = found.credentials else {
            throw LaminaError(.accessDenied, "\(reference.registry) gives \(reference.repository) to nobody without a password: \(advice)")
        }
        return TokenServer.basic(user, password)
    }
}
