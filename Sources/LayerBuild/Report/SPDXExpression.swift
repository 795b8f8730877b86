/// A license expression of SPDX, with the identifiers of its list in their own spelling (SPDX 2.3, annex D).
struct SPDXExpression: Sendable, Hashable {
    let text: String
    /// Whether it is one identifier of the list, without `WITH` or an operator.
    let isIdentifier: Bool
    /// Whether it has to stand in parentheses beside an `AND`.
    let isDisjunction: Bool

    private static let depthLimit = 32

    /// Nil for what is no expression of known identifiers.
    init?(_ text: some StringProtocol) {
        var words = Self.words(text)[...]
        guard words.count < 200, Self.isDisjunction(&words, 0), words.isEmpty else { return nil }
        let spelled = Self.words(text).map { Self.operators[$0.uppercased()] ?? Self.spelling(of: $0) ?? $0 }
        self.text = spelled.joined(separator: " ").replacing("( ", with: "(").replacing(" )", with: ")")
        isIdentifier = spelled.count == 1 && Self.identifiers[spelled[0].lowercased()] != nil
        isDisjunction = spelled.contains("OR")
    }

    private static let operators = ["AND": "AND", "OR": "OR", "WITH": "WITH"]

    /// The list's identifiers by their lower-case form; the list is that of CycloneDX 1.6's schema.
    private static let identifiers: [String: String] = Dictionary(
        String(decoding: PackageResources.spdx_licenses_txt, as: UTF8.self).split(separator: "\n").map { ($0.lowercased(), String($0)) },
        uniquingKeysWith: { first, _ in first })

    private static func words(_ text: some StringProtocol) -> [String] {
        String(text).replacing("(", with: " ( ").replacing(")", with: " ) ").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func spelling(of word: String) -> String? {
        if let known = identifiers[word.lowercased()] { return known }
        if word.hasSuffix("+"), let known = identifiers[word.dropLast().lowercased()] { return known + "+" }
        return word.hasPrefix("LicenseRef-") && word.dropFirst("LicenseRef-".count).allSatisfy(isIdentifierCharacter) ? word : nil
    }

    private static func isIdentifierCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == ".")
    }

    private static func isDisjunction(_ words: inout ArraySlice<String>, _ depth: Int) -> Bool {
        guard depth < depthLimit, isTerm(&words, depth) else { return false }
        while let word = words.first?.uppercased(), word == "AND" || word == "OR" {
            words = words.dropFirst()
            guard isTerm(&words, depth) else { return false }
        }
        return true
    }

    private static func isTerm(_ words: inout ArraySlice<String>, _ depth: Int) -> Bool {
        guard let word = words.popFirst() else { return false }
        if word == "(" {
            guard isDisjunction(&words, depth + 1), words.first == ")" else { return false }
            words = words.dropFirst()
            return true
        }
        guard spelling(of: word) != nil else { return false }
        if words.first?.uppercased() == "WITH" {
            words = words.dropFirst()
            guard let exception = words.popFirst(), exception.allSatisfy(isIdentifierCharacter) else { return false }
        }
        return true
    }
}
