import Foundation
import LaminaErrors

/// Where a service answers, and who said so.
public struct ServiceEndpoint: Sendable, Hashable {
    /// Scheme, host and port, without a path.
    public let origin: String
    /// The value of the Host header: the port is named unless it is the scheme's own.
    public let host: String
    /// What comes before an operation's path; percent-encoded, without a slash at its end.
    public let pathPrefix: String
    /// `--endpoint-url`, an environment variable, a profile; nil for AWS's own endpoint.
    public let source: String?

    /// - Throws: ``LaminaError`` `invalidArgument` when the text is no URL of a server.
    init(_ text: String, source: String?) throws {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let name = parts.percentEncodedHost, !name.isEmpty, parts.user == nil, parts.query == nil, parts.fragment == nil
        else {
            let place = source.map { " (\($0))" } ?? ""
            throw LaminaError(.invalidArgument, "'\(text)'\(place) is not an endpoint's URL; write it as in http://127.0.0.1:9090")
        }
        let port = parts.port.flatMap { $0 == (scheme == "http" ? 80 : 443) ? nil : ":\($0)" } ?? ""
        host = name.lowercased() + port
        origin = "\(scheme)://\(host)"
        var prefix = Substring(parts.percentEncodedPath)
        while prefix.hasSuffix("/") { prefix.removeLast() }
        pathPrefix = String(prefix)
        self.source = source
    }
}

extension ServiceEndpoint: CustomStringConvertible {
    public var description: String { origin + pathPrefix + (source.map { " (\($0))" } ?? "") }
}
