import LaminaErrors

/// Where a caller's credentials come from, decided without asking anyone.
enum CredentialSource: Sendable, Hashable {
    case fixed(Credentials)
    /// A profile's `credential_process`: a program that prints them.
    case process(command: String)
    /// Credentials that AWS's own tool has to fetch, as by single sign-on; `reason` completes "credentials come from …".
    case awsTool(profile: String?, reason: String)

    /// Looks where botocore looks, in its order (botocore: `create_credential_resolver`).
    ///
    /// - Parameters:
    ///   - isExplicit: Whether the profile was named on the command line, which passes over the environment's keys.
    /// - Throws: ``LaminaError`` `invalidArgument` for a key without its secret.
    init(profile: String?, isExplicit: Bool, environment: [String: String], shared: SharedConfiguration) throws {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if !isExplicit, let id = variable("AWS_ACCESS_KEY_ID") {
            guard let secret = variable("AWS_SECRET_ACCESS_KEY") else {
                throw LaminaError(.invalidArgument, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set both")
            }
            let token = variable("AWS_SECURITY_TOKEN") ?? variable("AWS_SESSION_TOKEN")
            self = .fixed(Credentials(accessKeyID: id, secret: secret, sessionToken: token))
            return
        }
        let name = profile ?? "default"
        let settings = shared.profile(name) ?? [:]
        let isWebIdentity = settings.text("web_identity_token_file") != nil
        if !isExplicit, variable("AWS_WEB_IDENTITY_TOKEN_FILE") != nil {
            self = .awsTool(profile: profile, reason: "the web identity of AWS_WEB_IDENTITY_TOKEN_FILE")
        } else if settings.text("role_arn") != nil || isWebIdentity {
            self = .awsTool(profile: profile, reason: "the \(isWebIdentity ? "web identity" : "role_arn") of profile '\(name)'")
        } else if settings.text("sso_session") != nil || settings.text("sso_start_url") != nil || settings.text("sso_account_id") != nil {
            self = .awsTool(profile: profile, reason: "the single sign-on of profile '\(name)'")
        } else if let found = try Self.key(in: shared.credentials[name] ?? [:], "profile '\(name)' of the credentials file") {
            self = .fixed(found)
        } else if settings.text("login_session") != nil {
            self = .awsTool(profile: profile, reason: "the login_session of profile '\(name)'")
        } else if let command = settings.text("credential_process") {
            self = .process(command: command)
        } else if let found = try Self.key(in: shared.configured[name] ?? [:], "profile '\(name)' of the config file") {
            self = .fixed(found)
        } else {
            self = .awsTool(profile: profile, reason: "this machine's role, as no environment variable and no profile holds any")
        }
    }

    private static func key(in settings: INIFile.Section, _ place: String) throws -> Credentials? {
        guard let id = settings.text("aws_access_key_id") else { return nil }
        guard let secret = settings.text("aws_secret_access_key") else {
            throw LaminaError(.invalidArgument, "\(place) has aws_access_key_id without aws_secret_access_key; add it")
        }
        let token = settings.text("aws_security_token") ?? settings.text("aws_session_token")
        return Credentials(accessKeyID: id, secret: secret, sessionToken: token)
    }
}
