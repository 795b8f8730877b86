import Foundation
import LambdaModel

/// What an extension subscribes to, and where it wants it.
struct TelemetrySubscription: Sendable, Hashable {
    enum Interface: Sendable, Hashable {
        case telemetry, logs
    }

    enum Category: String, Sendable, CaseIterable {
        case platform, function, `extension`
    }

    enum Destination: Sendable, Hashable {
        /// A loopback port and path of the sandbox.
        case http(port: UInt16, path: String, method: String)
        case tcp(port: UInt16)
    }

    struct Buffering: Sendable, Hashable {
        var maxItems = 10_000
        var maxBytes = 262_144
        var timeout = Duration.milliseconds(1000)
    }

    /// Why a subscription is refused, all in one text.
    struct Flaws: Error, Equatable {
        var messages: [String]
    }

    var interface: Interface
    var schemaVersion: String
    /// In the order of the request.
    var categories: [Category]
    var destination: Destination
    var buffering = Buffering()

    /// - Parameter body: The request's JSON.
    /// - Throws: ``Flaws``.
    init(_ interface: Interface, body: [UInt8]) throws(Flaws) {
        guard let request = try? JSONDecoder().decode(Request.self, from: Data(body)) else {
            throw Flaws(messages: ["the body is not the JSON of a subscription"])
        }
        var flaws: [String] = []
        self.interface = interface
        let versions = interface == .telemetry ? ["2022-07-01", "2022-12-13", "2025-01-29"] : ["2020-08-15", "2021-03-18"]
        schemaVersion = request.schemaVersion ?? (interface == .logs ? versions[0] : "")
        if !versions.contains(schemaVersion) { flaws.append("schemaVersion must be one of \(versions.joined(separator: ", "))") }
        categories = []
        for name in request.types ?? [] {
            guard let category = Category(rawValue: name) else {
                flaws.append("types must be of platform, function, extension, and '\(name)' is not")
                continue
            }
            if !categories.contains(category) { categories.append(category) }
        }
        if request.types?.isEmpty ?? true { flaws.append("types should not be empty") }
        destination = .tcp(port: 0)
        switch Self.destination(request.destination) {
        case .success(let destination): self.destination = destination
        case .failure(let found): flaws += found.messages
        }
        if let buffering = request.buffering { flaws += take(buffering) }
        guard flaws.isEmpty else { throw Flaws(messages: flaws) }
    }

    private mutating func take(_ request: Request.Buffering) -> [String] {
        func flaw(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) -> String? {
            value.flatMap { range.contains($0) ? nil : "\(name) must be between \(range.lowerBound) and \(range.upperBound)" }
        }
        buffering.maxItems = request.maxItems ?? buffering.maxItems
        buffering.maxBytes = request.maxBytes ?? buffering.maxBytes
        buffering.timeout = request.timeoutMs.map(Duration.milliseconds) ?? buffering.timeout
        return [
            flaw("maxItems", request.maxItems, 1000...10_000), flaw("maxBytes", request.maxBytes, 262_144...1_048_576),
            flaw("timeoutMs", request.timeoutMs, 25...30_000),
        ].compactMap { $0 }
    }

    private static func destination(_ request: Request.Destination?) -> Result<Destination, Flaws> {
        func failure(_ message: String) -> Result<Destination, Flaws> { .failure(Flaws(messages: [message])) }
        guard let request else { return failure("destination is not provided") }
        switch request.protocol {
        case "TCP":
            guard let port = request.port else { return failure("port is not provided") }
            guard isAllowed(port) else { return failure("port must be between 1 and 65535, and not 9001") }
            return .success(.tcp(port: UInt16(port)))
        case "HTTP":
            guard let uri = request.URI, let components = URLComponents(string: uri), components.scheme == "http" else {
                return failure("URI must be such as http://sandbox.localdomain:8080")
            }
            guard ["sandbox.localdomain", "sandbox"].contains(components.host) else {
                return failure("URI host must be sandbox.localdomain")
            }
            guard let port = components.port else { return failure("URI port is not provided") }
            guard isAllowed(port) else { return failure("URI port must be between 1 and 65535, and not 9001") }
            guard let method = ["POST", "PUT"].first(where: { $0 == request.method ?? "POST" }) else {
                return failure("method must be POST or PUT")
            }
            let path = components.percentEncodedPath.isEmpty ? "/" : components.percentEncodedPath
            let query = components.percentEncodedQuery.map { "?\($0)" } ?? ""
            return .success(.http(port: UInt16(port), path: path + query, method: method))
        default: return failure("protocol must be HTTP or TCP")
        }
    }

    /// The Runtime API's own port is taken.
    private static func isAllowed(_ port: Int) -> Bool { (1...65_535).contains(port) && port != Int(SandboxNamespaces.runtimePort) }

    private struct Request: Decodable {
        var schemaVersion: String?
        var types: [String]?
        var destination: Destination?
        var buffering: Buffering?

        struct Destination: Decodable {
            var `protocol`: String?
            var URI: String?
            var port: Int?
            var method: String?
        }

        struct Buffering: Decodable {
            var maxItems: Int?
            var maxBytes: Int?
            var timeoutMs: Int?
        }
    }
}
