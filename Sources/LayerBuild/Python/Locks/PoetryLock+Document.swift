/// What a poetry.lock holds, as TOML.
extension PoetryLock {
    struct Package: Decodable, Sendable {
        var name: String
        var version: String
        var pythonVersions: String?
        /// Since lock 2.1 (Poetry 2.0): the groups that need the package.
        var groups: [String]?
        /// Since lock 2.1: one marker, or one for each group.
        var markers: Markers?
        var files: [File]?
        var dependencies: [String: PoetryDependencies]?
        var extras: [String: [String]]?
        var source: Source?

        enum CodingKeys: String, CodingKey {
            case name, version
            case pythonVersions = "python-versions"
            case groups, markers, files, dependencies, extras, source
        }
    }

    struct File: Decodable, Sendable {
        var file: String
        /// As `sha256:…`.
        var hash: String
    }

    struct Source: Decodable, Sendable {
        var type: String
        var url: String
        var resolvedReference: String?
        var subdirectory: String?

        enum CodingKeys: String, CodingKey {
            case type, url
            case resolvedReference = "resolved_reference"
            case subdirectory
        }
    }

    enum Markers: Decodable, Sendable {
        case one(String)
        case byGroup([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .byGroup(try container.decode([String: String].self))
            }
        }
    }

    struct Document: Decodable {
        var package: [Package]?
        var metadata: Metadata?
    }

    struct Metadata: Decodable {
        /// Where locks before 2.0 keep the files.
        var files: [String: [File]]?
    }
}

extension PoetryLock.Package {
    /// Whether one of the groups needs the package on the target (lock 2.1).
    func isWanted(in environment: MarkerEnvironment, groups wanted: Set<String>) throws -> Bool {
        for group in groups ?? ["main"] where wanted.contains(PythonName.normalize(group)) {
            let marker: String? =
                switch markers {
                case .one(let text)?: text
                case .byGroup(let texts)?: texts[group]
                case nil: nil
                }
            if try marker.map({ try Marker($0).holds(in: environment) }) ?? true { return true }
        }
        return false
    }
}
