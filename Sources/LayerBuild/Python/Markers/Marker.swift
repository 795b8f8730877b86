import LaminaErrors

/// An environment marker: on what platforms a requirement counts (PEP 508, with the sets of PEP 751).
struct Marker: Sendable {
    indirect enum Expression: Sendable {
        case all([Expression])
        case any([Expression])
        case comparison(Operand, Operator, Operand)
    }

    enum Operand: Sendable, Equatable {
        case variable(String)
        case literal(String)
    }

    enum Operator: Sendable, Equatable {
        case contained, notContained
        case ordered(VersionSpecifier.Comparison)
    }

    let text: String
    let expression: Expression

    /// - Throws: ``LaminaError`` `corrupt` for what is no marker.
    init(_ text: String) throws {
        self.text = text
        var parser = try MarkerParser(text)
        expression = try parser.parse()
    }

    /// Whether the marker holds.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for a variable that there is not.
    func holds(in environment: MarkerEnvironment) throws -> Bool { try evaluate(expression, environment) }

    private func evaluate(_ expression: Expression, _ environment: MarkerEnvironment) throws -> Bool {
        switch expression {
        case .all(let parts): try parts.allSatisfy { try evaluate($0, environment) }
        case .any(let parts): try parts.contains { try evaluate($0, environment) }
        case .comparison(let left, let comparison, let right): try compare(left, comparison, right, environment)
        }
    }

    private func compare(_ left: Operand, _ comparison: Operator, _ right: Operand, _ environment: MarkerEnvironment) throws -> Bool {
        if let (name, wanted) = set(right, environment) ?? set(left, environment) {
            let other = right == .variable(name) ? left : right
            guard case .literal(let member) = other else { throw unknown(name) }
            let isMember = wanted.contains(PythonName.normalize(member))
            switch comparison {
            case .contained, .ordered(.equal): return isMember
            case .notContained, .ordered(.unequal): return !isMember
            default: throw unknown(name)
            }
        }
        let (leftText, rightText) = (try value(left, environment), try value(right, environment))
        let isVersion = [left, right].contains { $0.isVersion }
        switch comparison {
        case .contained: return contains(rightText, leftText, isVersion)
        case .notContained: return !contains(rightText, leftText, isVersion)
        case .ordered(let comparison):
            if isVersion, let version = PythonVersion(leftText), let specifier = VersionSpecifier(comparison.rawValue + rightText) {
                return specifier.contains(version, written: leftText)
            }
            return switch comparison {
            case .equal, .identical: leftText == rightText
            case .unequal: leftText != rightText
            case .less: leftText < rightText
            case .greater: leftText > rightText
            case .atMost: leftText <= rightText
            case .atLeast: leftText >= rightText
            case .compatible: false
            }
        }
    }

    /// "3.1" is no member of "3.10 3.11", though it is a part of its text.
    private func contains(_ list: String, _ member: String, _ isVersion: Bool) -> Bool {
        guard isVersion else { return list.contains(member) }
        return list.split(whereSeparator: { " ,|".contains($0) }).contains { PythonVersion($0) == PythonVersion(member) && $0 != "" }
    }

    private func set(_ operand: Operand, _ environment: MarkerEnvironment) -> (String, Set<String>)? {
        switch operand {
        case .variable(let name) where name == "extra" || name == "extras": (name, environment.extras)
        case .variable("dependency_groups"): ("dependency_groups", environment.groups)
        default: nil
        }
    }

    private func value(_ operand: Operand, _ environment: MarkerEnvironment) throws -> String {
        switch operand {
        case .literal(let text): return text
        case .variable(let name):
            guard let value = environment.values[name] else { throw unknown(name) }
            return value
        }
    }

    private func unknown(_ name: String) -> LaminaError {
        LaminaError(.corrupt, "the marker '\(text)' uses '\(name)', which PEP 508 does not know, or not like this")
    }
}

extension Marker.Operand {
    fileprivate var isVersion: Bool {
        self == .variable("python_version") || self == .variable("python_full_version") || self == .variable("implementation_version")
    }
}
