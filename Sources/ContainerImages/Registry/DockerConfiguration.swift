import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Docker's own file of credentials, which `docker login` writes.
struct DockerConfiguration: Sendable {
    /// Bytes that the file may have.
    private static let sizeLimit = 4 << 20

    private struct File: Decodable {
        var auths: [String: Entry]?
        var credHelpers: [String: String]?
        var credsStore: String?
    }

    private struct Entry: Decodable {
        /// Base64 of `user:password`.
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?

        var isFilled: Bool { [auth, username, identitytoken].contains { $0.map { !$0.isEmpty } ?? false } }
    }

    let path: FilePath
    private let environment: [String: String]

    /// `config.json` in `$DOCKER_CONFIG`, else in `~/.docker`.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
        let folder = environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : FilePath($0) }
        path = (folder ?? FilePath(environment["HOME"] ?? "/").appending(".docker")).appending("config.json")
    }

    /// The credentials for a registry: of its own helper, of the file, or of the helper for all.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for a file that cannot be understood.
    func credentials(for registry: String) async throws -> FoundCredentials {
        guard let file = try load() else { return FoundCredentials(note: "there is no \(path)") }
        // Docker Hub has kept the name of its first API.
        let names = registry == ImageReference.dockerHub ? ["index.docker.io", "docker.io", "registry-1.docker.io"] : [registry]
        let helpers = (file.credHelpers ?? [:]).sorted { $0.key < $1.key }
        if let helper = helpers.first(where: { names.contains(Self.host($0.key)) && !$0.value.isEmpty })?.value {
            return try await CredentialHelper(helper, environment: environment).credentials(for: Self.serverURL(of: registry))
        }
        let entries = (file.auths ?? [:]).sorted { $0.key < $1.key }
        if let entry = entries.first(where: { names.contains(Self.host($0.key)) && $0.value.isFilled }) {
            return FoundCredentials(credentials: try credentials(entry.value, entry.key))
        }
        guard let store = file.credsStore, !store.isEmpty else {
            return FoundCredentials(note: "\(path) has no credentials for \(registry)")
        }
        return try await CredentialHelper(store, environment: environment).credentials(for: Self.serverURL(of: registry))
    }

    private func load() throws -> File? {
        guard FileManager.default.fileExists(atPath: path.string) else { return nil }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path.string))
            guard data.count <= Self.sizeLimit else {
                throw LaminaError(.limitExceeded, "\(path) has more than \(Self.sizeLimit) bytes")
            }
            return try JSONDecoder().decode(File.self, from: data)
        } catch let error as LaminaError {
            throw error
        } catch let error as DecodingError {
            throw LaminaError(.corrupt, "\(path) is not what docker login writes; mend or remove it", cause: error)
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(path)", cause: error)
        }
    }

    private func credentials(_ entry: Entry, _ key: String) throws -> RegistryCredentials {
        if let token = entry.identitytoken, !token.isEmpty { return .identityToken(token) }
        if let user = entry.username, let password = entry.password, !user.isEmpty {
            return .password(user: user, password)
        }
        guard let auth = entry.auth, let bytes = Data(base64Encoded: auth), let text = String(data: bytes, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { throw LaminaError(.corrupt, "the credentials for \(key) in \(path) are no base64 of user:password; log in again") }
        return .password(user: String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private static func serverURL(of registry: String) -> String {
        registry == ImageReference.dockerHub ? "https://index.docker.io/v1/" : registry
    }

    /// The host and port of a key, which may be a URL.
    private static func host(_ key: String) -> String {
        let rest = ["https://", "http://"].first { key.hasPrefix($0) }.map { key.dropFirst($0.count) } ?? key[...]
        return String(rest.prefix { $0 != "/" })
    }
}
