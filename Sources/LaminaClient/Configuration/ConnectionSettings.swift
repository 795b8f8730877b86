import Foundation
import LaminaErrors

/// Endpoint, region, profile and credentials as AWS's own tools find them: flags, then the environment, then the files.
///
/// Where AWS's tools differ among themselves, the order is that of the command line tool 2: `AWS_REGION` before
/// `AWS_DEFAULT_REGION`, and `AWS_PROFILE` before `AWS_DEFAULT_PROFILE`.
public struct ConnectionSettings: Sendable {
    /// What a command line says.
    public struct Flags: Sendable, Hashable {
        public var endpointURL: String?
        public var region: String?
        public var profile: String?

        public init(endpointURL: String? = nil, region: String? = nil, profile: String? = nil) {
            self.endpointURL = endpointURL
            self.region = region
            self.profile = profile
        }
    }

    private let flags: Flags
    private let environment: [String: String]
    private let shared: SharedConfiguration
    /// The profile that was asked for; nil where none was, and `default` counts if there is one.
    public let profile: String?
    let credentialSource: CredentialSource

    /// - Parameters:
    ///   - config: The config file's text, nil where there is none.
    ///   - credentials: The credentials file's text, nil where there is none.
    /// - Throws: ``LaminaError`` `notFound` for a profile that does not exist, `corrupt` for a file that cannot be understood.
    public init(_ flags: Flags, environment: [String: String], config: String?, credentials: String?) throws {
        self.flags = flags
        self.environment = environment
        let paths = Self.paths(environment)
        shared = SharedConfiguration(
            config: try config.map { try INIFile($0, name: paths.config) },
            credentials: try credentials.map { try INIFile($0, name: paths.credentials) })
        profile = flags.profile ?? Self.variable("AWS_PROFILE", environment) ?? Self.variable("AWS_DEFAULT_PROFILE", environment)
        if let profile, shared.profile(profile) == nil {
            let known = shared.profileNames.isEmpty ? "there is none" : "there are \(shared.profileNames.joined(separator: ", "))"
            throw LaminaError(
                .notFound, "no profile '\(profile)' in \(paths.config) or \(paths.credentials): \(known)")
        }
        credentialSource = try CredentialSource(
            profile: profile, isExplicit: flags.profile != nil, environment: environment, shared: shared)
    }

    /// The region to ask in.
    ///
    /// - Parameter fallback: The region that an ARN names, for where nothing else names one.
    /// - Throws: ``LaminaError`` `invalidArgument` where there is none, or what there is cannot be one.
    public func region(fallback: String? = nil) throws -> String {
        let found =
            flags.region ?? Self.variable("AWS_REGION", environment) ?? Self.variable("AWS_DEFAULT_REGION", environment)
            ?? settings.text("region") ?? fallback
        guard let found else {
            throw LaminaError(
                .invalidArgument, "no region: give --region, set AWS_REGION, or set region in profile '\(profile ?? "default")'")
        }
        // It becomes part of a host's name.
        guard !found.isEmpty, found.utf8.count <= 63, found.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw LaminaError(.invalidArgument, "'\(found)' is not a region; write it as in eu-west-1")
        }
        return found
    }

    /// Where a service answers: what is configured, else AWS.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument` for a configured endpoint together with a variant of AWS's own, as botocore does.
    public func endpoint(of service: Service, region: String) throws -> ServiceEndpoint {
        let variant = EndpointVariant(
            isFIPS: isTrue("use_fips_endpoint"), isDualStack: isTrue("use_dualstack_endpoint"))
        guard let configured = try configuredEndpoint(of: service) else {
            return try ServiceEndpoint(try service.defaultURL(region: region, variant), source: nil)
        }
        guard variant.isPlain else {
            let name = variant.isFIPS ? "FIPS" : "DUALSTACK"
            throw LaminaError(
                .invalidArgument, "AWS_USE_\(name)_ENDPOINT is for AWS's own endpoints, and \(configured) is configured: unset one")
        }
        return configured
    }

    /// The flag, the service's own variable, `AWS_ENDPOINT_URL`, the profile's `services`, the profile; nil where none says.
    private func configuredEndpoint(of service: Service) throws -> ServiceEndpoint? {
        if let url = flags.endpointURL { return try ServiceEndpoint(url, source: "--endpoint-url") }
        if !ignoresConfiguredEndpoints {
            for name in [service.endpointVariable, "AWS_ENDPOINT_URL"] {
                if let url = Self.variable(name, environment) { return try ServiceEndpoint(url, source: name) }
            }
            let place = "profile '\(profile ?? "default")'"
            if let name = settings.text("services") {
                guard let section = shared.services[name] else {
                    throw LaminaError(.notFound, "\(place) has services = \(name), and the config file has no [services \(name)]")
                }
                if let url = section.text(service.name, "endpoint_url") {
                    return try ServiceEndpoint(url, source: "[services \(name)]")
                }
            }
            if let url = settings.text("endpoint_url") { return try ServiceEndpoint(url, source: place) }
        }
        return nil
    }
}

extension ConnectionSettings {
    /// The chosen profile's settings.
    private var settings: INIFile.Section { shared.profile(profile ?? "default") ?? [:] }

    private var ignoresConfiguredEndpoints: Bool { isTrue("ignore_configured_endpoint_urls") }

    /// Whether a setting is true in its variable, which is the setting's name with `AWS_` before it, or else in the profile.
    private func isTrue(_ setting: String) -> Bool {
        (Self.variable("AWS_\(setting.uppercased())", environment) ?? settings.text(setting))?.lowercased() == "true"
    }

    /// Whether a file of certificates is set, which Foundation has no way to be told of.
    var namesCertificates: Bool { Self.variable("AWS_CA_BUNDLE", environment) != nil || settings.text("ca_bundle") != nil }

    /// An empty variable counts as none.
    static func variable(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
