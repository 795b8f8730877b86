extension PythonVersion {
    /// Reads a version in any of the spellings that PEP 440 normalizes; nil for what is none.
    init?(_ text: some StringProtocol) {
        var scanner = Scanner(text)
        scanner.skip("v")
        guard var number = scanner.number() else { return nil }
        self.init(release: [])
        if scanner.skip("!") {
            epoch = number
            guard let first = scanner.number() else { return nil }
            number = first
        }
        release = [number]
        while let next = scanner.attempt({ $0.skip(".") ? $0.number() : nil }) { release.append(next) }

        for (words, phase) in Self.phases where pre == nil {
            if let number = scanner.suffix(words) { pre = PreRelease(phase: phase, number: number) }
        }
        // "1.0-1" is a post-release too.
        post = scanner.attempt { $0.skip("-") ? $0.number() : nil } ?? scanner.suffix(["post", "rev", "r"])
        dev = scanner.suffix(["dev"])
        if scanner.skip("+") {
            repeat {
                guard let part = scanner.localPart() else { return nil }
                local.append(part)
            } while scanner.skipSeparator()
        }
        guard scanner.isAtEnd else { return nil }
    }

    private static let phases: [([String], Phase)] = [
        (["alpha", "a"], .alpha), (["beta", "b"], .beta), (["preview", "pre", "rc", "c"], .candidate),
    ]

    private struct Scanner {
        private var rest: Substring

        init(_ text: some StringProtocol) { rest = Substring(text.lowercased().filter { $0 != " " && $0 != "\t" }) }

        var isAtEnd: Bool { rest.isEmpty }

        @discardableResult
        mutating func skip(_ word: String) -> Bool {
            guard rest.hasPrefix(word) else { return false }
            rest = rest.dropFirst(word.count)
            return true
        }

        mutating func skipSeparator() -> Bool { skip(".") || skip("-") || skip("_") }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            return number
        }

        mutating func localPart() -> LocalPart? {
            let part = rest.prefix { $0.isASCII && ($0.isNumber || $0.isLetter) }
            guard !part.isEmpty else { return nil }
            rest = rest.dropFirst(part.count)
            return Int(part).map(LocalPart.number) ?? .text(String(part))
        }

        /// One of the words with its number, 0 where none follows.
        mutating func suffix(_ words: [String]) -> Int? {
            attempt { scanner in
                _ = scanner.skipSeparator()
                guard words.contains(where: { scanner.skip($0) }) else { return nil }
                let number: Int? = scanner.attempt {
                    _ = $0.skipSeparator()
                    return $0.number()
                }
                return number ?? 0
            }
        }

        /// Undoes what was skipped where nothing comes of it.
        mutating func attempt<T>(_ body: (inout Scanner) -> T?) -> T? {
            var copy = self
            guard let result = body(&copy) else { return nil }
            self = copy
            return result
        }
    }
}
