import LaminaErrors

/// An image in a registry: `[host[:port]/]path[:tag][@digest]`, read as docker does (distribution/reference).
///
/// Without a host it is Docker Hub's, and there a path of one part lies below `library/`.
public struct ImageReference: Hashable, Sendable {
    /// The registry's name and port as written, `docker.io` for Docker Hub.
    public let registry: String
    /// The repository in it, such as `lambda/python`.
    public let repository: String
    /// Nil when there is a digest only.
    public let tag: String?
    /// What the manifest must have; the tag does not count then.
    public let digest: ImageDigest?

    /// - Throws: ``LaminaError`` `invalidArgument`, saying what is wrong, `unsupported` for a digest that is not of SHA-256.
    public init(_ text: String) throws {
        func refusal(_ reason: String) -> LaminaError {
            LaminaError(.invalidArgument, "'\(text)' is no image's reference: \(reason); one looks like public.ecr.aws/lambda/python:3.12")
        }
        let atParts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        digest = atParts.count == 2 ? try ImageDigest(atParts[1]) : nil
        let (host, rest) = Self.splitHost(atParts[0])
        let colonParts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let path = colonParts.first ?? ""
        guard host.wholeMatch(of: Self.hostPattern) != nil else { throw refusal("'\(host)' is no registry's name") }
        guard !path.isEmpty else { throw refusal("it names no repository") }
        guard path.wholeMatch(of: Self.pathPattern) != nil else {
            throw refusal("'\(path)' is no repository's path, which has lower-case letters and digits with . _ - between them")
        }
        guard host.utf8.count + path.utf8.count < 255 else { throw refusal("it is longer than 255 characters") }
        if colonParts.count == 2 {
            guard colonParts[1].wholeMatch(of: Self.tagPattern) != nil else { throw refusal("'\(colonParts[1])' is no tag") }
            tag = String(colonParts[1])
        } else {
            tag = digest == nil ? "latest" : nil
        }
        registry = host == "index.docker.io" ? Self.dockerHub : String(host)
        repository = registry == Self.dockerHub && !path.contains("/") ? "library/\(path)" : String(path)
    }

    /// What Docker Hub is called in references.
    static let dockerHub = "docker.io"

    /// The part before the first slash is a registry where no repository's path could begin with it.
    private static func splitHost(_ text: Substring) -> (host: Substring, rest: Substring) {
        guard let slash = text.firstIndex(of: "/") else { return (dockerHub[...], text) }
        let first = text[..<slash]
        let isHost = first.contains(".") || first.contains(":") || first == "localhost" || first.contains { $0.isUppercase }
        return isHost ? (first, text[text.index(after: slash)...]) : (dockerHub[...], text)
    }

    private static var hostPattern: Regex<Substring> {
        /(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?/
    }

    private static var pathPattern: Regex<Substring> {
        /[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*/
    }

    private static var tagPattern: Regex<Substring> { /[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}/ }
}

extension ImageReference: CustomStringConvertible {
    /// In full, with the tag and the digest where there are such.
    public var description: String {
        "\(registry)/\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageReference {
    /// The host and port of the registry's API.
    var endpoint: String { registry == Self.dockerHub ? "registry-1.docker.io" : registry }

    /// Whether the registry is on this machine, where it is spoken to without TLS.
    var isLoopback: Bool {
        Self.isLoopback(registry.hasPrefix("[") ? registry.prefix { $0 != "]" }.dropFirst() : registry.prefix { $0 != ":" })
    }

    /// Whether a host is this machine by its name or number alone.
    static func isLoopback(_ host: some StringProtocol) -> Bool {
        host == "localhost" || host == "::1" || String(host).wholeMatch(of: /127(\.[0-9]{1,3}){3}/) != nil
    }
}
