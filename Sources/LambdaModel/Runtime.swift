import LaminaErrors

/// A Lambda runtime that AWS accepts, such as `python3.13`.
public struct Runtime: Sendable, Hashable {
    public let identifier: String
    public let family: Family

    /// What interprets a function's code.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        case python, nodejs, ruby, java, dotnet, provided, go
    }

    /// - Throws: ``LaminaError`` `invalidArgument` when AWS knows no such runtime.
    public init(_ identifier: String) throws {
        guard Self.current.contains(identifier) || Self.unlisted.contains(identifier),
            let family = Family.allCases.first(where: { identifier.hasPrefix($0.rawValue) })
        else {
            throw LaminaError(.invalidArgument, "no runtime is called '\(identifier)'; Lambda has \(Self.current.joined(separator: ", "))")
        }
        self.identifier = identifier
        self.family = family
    }

    /// The identifiers of AWS's validation message, in its order (AWS, 2026-01).
    public static let current = [
        "nodejs20.x", "python3.14", "provided.al2023", "python3.12", "python3.13", "nodejs24.x", "nodejs22.x", "java25", "python3.10",
        "python3.11", "java21", "ruby3.3", "ruby3.4", "ruby3.2", "python3.8", "python3.9", "java17", "nodejs16.x", "dotnet10", "dotnet8",
        "java11", "dotnet6", "nodejs18.x", "provided.al2", "java8.al2",
    ]

    /// Identifiers that the message leaves out and AWS accepts all the same.
    public static let unlisted: Set = [
        // Deprecated ones.
        "nodejs14.x", "nodejs12.x", "python3.7", "java8", "dotnetcore3.1", "go1.x", "ruby2.7", "provided",
        // Those that came to botocore's model since.
        "nodejs26.x", "python3.15", "ruby4.0", "java8.al2023", "java11.al2023", "java17.al2023",
    ]

    /// What AWS recommends in place of a runtime that it lets no function have any more; nil for the others.
    public var successor: String? { Self.retired[identifier] }

    private static let retired = [
        "nodejs12.x": "nodejs18.x", "python3.7": "python3.12", "java8": "java21", "dotnetcore3.1": "dotnet6", "go1.x": "provided.al2023",
        "provided": "provided.al2023",
    ]

    /// Whether functions can be started from a snapshot (AWS: "Lambda SnapStart").
    public var hasSnapStart: Bool {
        return switch family {
        case .java: major.map { $0 >= 11 } ?? false
        case .dotnet: major.map { $0 >= 8 } ?? false
        case .python: pythonMinor.map { $0 >= 12 } ?? false
        default: false
        }
    }

    /// The version in the identifier, as in `3.13`, `20.x` or `al2023`.
    public var version: String {
        let rest = identifier.dropFirst(family.rawValue.count)
        return String(rest.hasPrefix(".") ? rest.dropFirst() : rest)
    }

    /// The first number of the version: 20 of nodejs20.x, 8 of java8.al2; nil of those without, as provided.al2023.
    public var major: Int? { Int(version.prefix { $0.isNumber }) }

    /// What the runtime stands on (AWS: "Lambda runtimes").
    public var operatingSystem: OperatingSystem {
        if version.hasSuffix("al2023") { return .al2023 }
        let numbers = version.split { !$0.isNumber }.compactMap { Int($0) }
        let isNew: Bool =
            switch family {
            case .python: numbers.last.map { $0 >= 12 } ?? false
            case .nodejs: numbers.first.map { $0 >= 20 } ?? false
            case .ruby: !numbers.lexicographicallyPrecedes([3, 3])
            case .java: numbers.first.map { $0 >= 21 } ?? false
            case .dotnet: numbers.first.map { $0 >= 8 } ?? false
            case .provided, .go: false
            }
        return isNew ? .al2023 : .al2
    }

    /// Of a Python 3 runtime, the minor version.
    public var pythonMinor: Int? {
        family == .python ? version.split(separator: ".").last.flatMap { Int($0) } : nil
    }
}

extension Runtime: CustomStringConvertible {
    public var description: String { identifier }
}

extension Runtime: Codable {
    public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(identifier)
    }
}
