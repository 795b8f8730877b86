/// A version constraint as Poetry writes it: PEP 440's, and `^1.2`, `~1.2`, `1.*`, `1.2`, `a || b`.
struct PoetryConstraint: Sendable {
    /// Any of which has to hold; nil for one that cannot be read, which refuses nothing.
    private let alternatives: [VersionSpecifier]?

    init(_ text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: true).map { part -> VersionSpecifier? in
            let clauses = Self.clauses(part)
            let translated = clauses.map(Self.translate)
            return translated.contains(nil)
                ? nil : VersionSpecifier(translated.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ","))
        }
        alternatives = parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
    }

    func contains(_ version: PythonVersion) -> Bool {
        guard let alternatives, !alternatives.isEmpty else { return true }
        return alternatives.contains { $0.contains(version) }
    }

    /// Commas or blanks part the clauses, and blanks may stand behind an operator.
    private static func clauses(_ text: Substring) -> [String] {
        var clauses: [String] = []
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if let last = clauses.last, last.allSatisfy({ "<>=!~^".contains($0) }) {
                clauses[clauses.count - 1] = last + word
            } else {
                clauses.append(String(word))
            }
        }
        return clauses
    }

    /// One clause in PEP 440's words, empty for `*`; nil for what is none.
    private static func translate(_ clause: String) -> String? {
        if clause == "*" { return "" }
        if clause.hasPrefix("^") { return range(from: clause.dropFirst()) { $0.firstIndex { $0 != 0 } ?? $0.count - 1 } }
        if clause.hasPrefix("~"), !clause.hasPrefix("~=") { return range(from: clause.dropFirst()) { min(1, $0.count - 1) } }
        if let first = clause.first, first.isNumber { return "==\(clause)" }
        if clause.hasPrefix("="), !clause.hasPrefix("==") { return "=\(clause)" }
        return clause
    }

    /// From a version to before the next one of the place that `place` gives.
    private static func range(from text: Substring, place: ([Int]) -> Int) -> String? {
        guard let version = PythonVersion(text) else { return nil }
        var next = version.release
        let index = place(next)
        guard next.indices.contains(index), next[index] < .max else { return nil }
        next[index] += 1
        next = next.prefix(index + 1) + []
        return ">=\(text),<\(next.map(String.init).joined(separator: "."))"
    }
}
