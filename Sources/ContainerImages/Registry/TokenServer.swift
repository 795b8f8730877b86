import Foundation
import HTTPTransfer
import LaminaErrors

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Who gives out a registry's tokens (Docker: "Token authentication specification").
struct TokenServer: Sendable {
    /// Bytes of an answer.
    private static let limit = 1 << 20

    /// Which servers may be asked without TLS.
    enum PlainServers {
        case never, onThisMachine, anywhere
    }

    private struct Answer: Decodable {
        var token: String?
        var access_token: String?
    }

    private let realm: URL
    private let service: String?
    private let scope: String
    private let registry: String

    /// - Throws: ``LaminaError`` `unsafe` for a server whose answers others could read.
    init(_ challenge: AuthenticationChallenge, defaultScope: String, plain: PlainServers, registry: String) throws {
        guard let realm = challenge.parameters["realm"].flatMap({ URL(string: $0) }), let host = realm.host, !host.isEmpty else {
            throw LaminaError(.corrupt, "\(registry) asks for a token and does not say where to get it")
        }
        let mayBePlain = plain == .anywhere || plain == .onThisMachine && ImageReference.isLoopback(host)
        guard realm.scheme == "https" || realm.scheme == "http" && mayBePlain else {
            throw LaminaError(.unsafe, "\(registry) sends its users to \(realm) for a token, which is not encrypted")
        }
        self.realm = realm
        service = challenge.parameters["service"]
        scope = challenge.parameters["scope"] ?? defaultScope
        self.registry = registry
    }

    /// Gets a token, for anybody where there are no credentials.
    ///
    /// - Throws: ``LaminaError`` `accessDenied` where the server refuses the credentials, `network` or `unavailable` where another try may
    ///   help.
    func token(_ credentials: RegistryCredentials?, _ session: TransferSession) async throws -> String {
        let answer: HTTPAnswer
        do {
            answer = try await session.run(try request(credentials), Transfer())
        } catch let error as LaminaError where error.code == .network {
            throw LaminaError(.network, "cannot reach the token server \(realm) of \(registry)", cause: error)
        }
        switch answer.status {
        case 200: break
        case 401, 403:
            throw LaminaError(
                .accessDenied,
                "the token server of \(registry) refuses \(credentials == nil ? "to let anybody in" : "docker's credentials for it") and\(answer.refusal); log in (docker login \(registry))"
            )
        default:
            let server = "the token server \(realm) of \(registry)"
            throw answer.isTransient ? answer.unavailable(server) : LaminaError(.unsupported, server + answer.refusal)
        }
        guard answer.body.count <= Self.limit, let fields = try? JSONDecoder().decode(Answer.self, from: Data(answer.body)),
            let token = fields.token ?? fields.access_token, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw LaminaError(.corrupt, "the token server \(realm) answers with something else than a token") }
        return token
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    private func request(_ credentials: RegistryCredentials?) throws -> URLRequest {
        var items = [("service", service), ("scope", scope)].compactMap { name, value in value.map { (name, $0) } }
        if case .identityToken(let token)? = credentials {
            items += [("grant_type", "refresh_token"), ("client_id", "lamina"), ("refresh_token", token)]
            var request = URLRequest(url: realm, timeoutInterval: 60)
            request.httpMethod = "POST"
            request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(Self.form(items).utf8)
            return request
        }
        guard var components = URLComponents(url: realm, resolvingAgainstBaseURL: true) else {
            throw LaminaError(.corrupt, "\(registry) names '\(realm)' as its token server")
        }
        let before = components.percentEncodedQuery.map { $0.isEmpty ? "" : "\($0)&" } ?? ""
        components.percentEncodedQuery = before + Self.form(items)
        guard let url = components.url else { throw LaminaError(.corrupt, "\(registry) names '\(realm)' as its token server") }
        var request = URLRequest(url: url, timeoutInterval: 60)
        if case .password(let user, let password)? = credentials {
            request.setValue(Self.basic(user, password), forHTTPHeaderField: "Authorization")
        }
        return request
    }

    private static func form(_ items: [(String, String)]) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return items.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")" }.joined(separator: "&")
    }
}
