/// What a Poetry table asks of one package: `"^1.0"`, `{version = "^1.0", extras = ["a"]}`, or a list of such.
struct PoetryDependencies: Decodable, Sendable {
    struct Dependency: Decodable, Sendable {
        var version: String?
        var python: String?
        var platform: String?
        var markers: String?
        var optional: Bool?
        var extras: [String]?
    }

    let alternatives: [Dependency]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let version = try? container.decode(String.self) {
            alternatives = [Dependency(version: version)]
        } else if let one = try? container.decode(Dependency.self) {
            alternatives = [one]
        } else {
            alternatives = try container.decode([Part].self).map(\.dependency)
        }
    }

    private struct Part: Decodable {
        var dependency: Dependency

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            dependency =
                if let version = try? container.decode(String.self) { Dependency(version: version) } else {
                    try container.decode(Dependency.self)
                }
        }
    }
}

extension PoetryDependencies.Dependency {
    /// Whether the dependency counts on the target.
    func holds(in environment: MarkerEnvironment) throws -> Bool {
        if let python, let version = environment.pythonVersion, !PoetryConstraint(python).contains(version) { return false }
        if let platform, platform != environment.values["sys_platform"] { return false }
        return try markers.map { try Marker($0).holds(in: environment) } ?? true
    }
}
