import LaminaErrors

/// Reads the grammar of environment markers (PEP 508).
struct MarkerParser {
    /// Parentheses within each other.
    private static let depthLimit = 64

    private enum Token: Equatable {
        case open, close
        case word(String)
        case literal(String)
        case comparison(VersionSpecifier.Comparison)
    }

    private let text: String
    private var tokens: ArraySlice<Token>

    init(_ text: String) throws {
        self.text = text
        tokens = try Self.tokens(text)[...]
    }

    mutating func parse() throws -> Marker.Expression {
        let expression = try disjunction(depth: 0)
        guard tokens.isEmpty else { throw Self.malformed(text) }
        return expression
    }

    private mutating func disjunction(depth: Int) throws -> Marker.Expression {
        var parts = [try conjunction(depth: depth)]
        while take(.word("or")) { parts.append(try conjunction(depth: depth)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction(depth: Int) throws -> Marker.Expression {
        var parts = [try term(depth: depth)]
        while take(.word("and")) { parts.append(try term(depth: depth)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func term(depth: Int) throws -> Marker.Expression {
        guard depth < Self.depthLimit else { throw Self.malformed(text) }
        if take(.open) {
            let inner = try disjunction(depth: depth + 1)
            guard take(.close) else { throw Self.malformed(text) }
            return inner
        }
        let left = try operand()
        let comparison = try comparison()
        return .comparison(left, comparison, try operand())
    }

    private mutating func operand() throws -> Marker.Operand {
        switch tokens.popFirst() {
        case .literal(let text)?: .literal(text)
        // The names with dots are of setuptools' time before PEP 508.
        case .word(let name)?: .variable(Self.former[name] ?? name)
        default: throw Self.malformed(text)
        }
    }

    private static let former = [
        "os.name": "os_name", "sys.platform": "sys_platform", "platform.version": "platform_version",
        "platform.machine": "platform_machine", "platform.python_implementation": "platform_python_implementation",
        "python_implementation": "platform_python_implementation",
    ]

    private mutating func comparison() throws -> Marker.Operator {
        switch tokens.popFirst() {
        case .comparison(let comparison)?: return .ordered(comparison)
        case .word("in")?: return .contained
        case .word("not")?:
            guard take(.word("in")) else { throw Self.malformed(text) }
            return .notContained
        default: throw Self.malformed(text)
        }
    }

    private mutating func take(_ token: Token) -> Bool {
        guard tokens.first == token else { return false }
        tokens = tokens.dropFirst()
        return true
    }

    private static func tokens(_ text: String) throws -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
            } else if first == "(" || first == ")" {
                tokens.append(first == "(" ? .open : .close)
                rest = rest.dropFirst()
            } else if first == "'" || first == "\"" {
                let content = rest.dropFirst().prefix { $0 != first }
                rest = rest.dropFirst(content.count + 1)
                guard rest.first == first else { throw malformed(text) }
                rest = rest.dropFirst()
                tokens.append(.literal(String(content)))
            } else if let comparison = VersionSpecifier.Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                tokens.append(.comparison(comparison))
                rest = rest.dropFirst(comparison.rawValue.count)
            } else {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                guard !word.isEmpty else { throw malformed(text) }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    private static func malformed(_ text: String) -> LaminaError {
        LaminaError(.corrupt, "'\(text)' is no environment marker of PEP 508")
    }
}
