/// What a service wants to see before it lets a request in (RFC 9110, 11.6.1).
struct AuthenticationChallenge: Hashable, Sendable {
    /// In lower case: `bearer`, `basic`.
    var scheme: String
    /// By lower-case name.
    var parameters: [String: String]

    /// All challenges of a `WWW-Authenticate`; what cannot be understood is left out.
    static func parse(_ header: String) -> [AuthenticationChallenge] {
        var scanner = ChallengeScanner(header)
        var challenges: [AuthenticationChallenge] = []
        while let item = scanner.next() {
            switch item {
            case .scheme(let name):
                guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else { continue }
                challenges.append(AuthenticationChallenge(scheme: name.lowercased(), parameters: [:]))
            case .parameter(let name, let value):
                guard !challenges.isEmpty else { continue }
                challenges[challenges.count - 1].parameters[name.lowercased()] = value
            }
        }
        return challenges
    }
}

/// Goes through the header's words and `name="value"` pairs.
private struct ChallengeScanner {
    enum Item {
        case scheme(String)
        case parameter(String, String)
    }

    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func next() -> Item? {
        // Nothing begins with these signs.
        rest = rest.drop { " \t,=".contains($0) }
        let word = rest.prefix { !" \t,=".contains($0) }
        rest = rest[word.endIndex...]
        guard !word.isEmpty else { return nil }
        guard rest.first == "=" else { return .scheme(String(word)) }
        rest = rest.dropFirst()
        return .parameter(String(word), rest.first == "\"" ? quoted() : token())
    }

    private mutating func token() -> String {
        let value = rest.prefix { $0 != "," && $0 != " " }
        rest = rest[value.endIndex...]
        return String(value)
    }

    private mutating func quoted() -> String {
        rest = rest.dropFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            value.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        return value
    }
}
