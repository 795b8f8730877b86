/// What a user is known by at a registry.
enum RegistryCredentials: Sendable, Hashable {
    case password(user: String, String)
    /// A refresh token for the registry's token server (Docker: "OAuth 2").
    case identityToken(String)
}

/// What was found for a registry, and what to tell where that does not suffice.
struct FoundCredentials: Sendable {
    var credentials: RegistryCredentials?
    /// Why there are none.
    var note: String?
}
