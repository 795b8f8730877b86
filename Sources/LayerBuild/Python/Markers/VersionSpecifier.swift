/// What versions a requirement takes: clauses of PEP 440, such as `>=3.9, !=3.9.1`, all of which have to hold.
struct VersionSpecifier: Sendable {
    fileprivate struct Clause: Sendable {
        var comparison: Comparison
        var text: String
        /// Nil for `===` only.
        var version: PythonVersion?
        /// Whether the version ends in `.*`.
        var isPrefix = false
    }

    enum Comparison: String, Sendable, CaseIterable {
        // The longer ones first, to be tried first.
        case identical = "==="
        case equal = "=="
        case unequal = "!="
        case compatible = "~="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    private let clauses: [Clause]

    /// Nil for what is no specifier. An empty text takes every version.
    init?(_ text: some StringProtocol) {
        var clauses: [Clause] = []
        for part in Substring(text).split(separator: ",") {
            let part = part.drop { $0 == " " }
            guard let comparison = Comparison.allCases.first(where: { part.hasPrefix($0.rawValue) }),
                let clause = Self.clause(comparison, part.dropFirst(comparison.rawValue.count))
            else { return nil }
            clauses.append(clause)
        }
        self.clauses = clauses
    }

    private static func clause(_ comparison: Comparison, _ text: Substring) -> Clause? {
        let text = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard comparison != .identical else { return Clause(comparison: comparison, text: text) }
        let isPrefix = text.hasSuffix(".*")
        guard !isPrefix || comparison == .equal || comparison == .unequal else { return nil }
        guard let version = PythonVersion(isPrefix ? text.dropLast(2) : Substring(text)) else { return nil }
        guard comparison != .compatible || version.release.count >= 2 else { return nil }
        return Clause(comparison: comparison, text: text, version: version, isPrefix: isPrefix)
    }

    /// Whether a version is taken; pre-releases are as any other.
    func contains(_ version: PythonVersion, written text: String = "") -> Bool { clauses.allSatisfy { $0.holds(version, text) } }
}

extension VersionSpecifier.Clause {
    fileprivate func holds(_ candidate: PythonVersion, _ candidateText: String) -> Bool {
        guard let version else { return candidateText.lowercased() == text.lowercased() }
        let known = candidate.publicPart
        return switch comparison {
        case .identical: false
        case .equal: isEqual(candidate, version)
        case .unequal: !isEqual(candidate, version)
        case .compatible: known >= version && hasPrefix(candidate, version.epoch, Array(version.release.dropLast()))
        case .atMost: known <= version
        case .atLeast: known >= version
        // "<3.1" takes no "3.1rc1", ">1.7" no "1.7.post1" (PEP 440, "Exclusive ordered comparison").
        case .less: candidate < version && (version.isPreRelease || !candidate.isPreRelease || candidate.base != version.base)
        case .greater: known > version && (version.post != nil || candidate.post == nil || candidate.base != version.base)
        }
    }

    private func isEqual(_ candidate: PythonVersion, _ version: PythonVersion) -> Bool {
        if isPrefix { return hasPrefix(candidate, version.epoch, version.release) }
        return (version.local.isEmpty ? candidate.publicPart : candidate) == version
    }

    private func hasPrefix(_ candidate: PythonVersion, _ epoch: Int, _ release: [Int]) -> Bool {
        candidate.epoch == epoch && candidate.releasePrefix(release.count) == release
    }
}
