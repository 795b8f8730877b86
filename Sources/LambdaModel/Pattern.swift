import Foundation

/// A regular expression that a text has to match as a whole, as AWS's model states it and AWS's messages print it.
public struct Pattern: Sendable {
    public let text: String
    private let expression: NSRegularExpression?

    /// - Parameter text: In the syntax of ICU, which has all that AWS's patterns use.
    public init(_ text: String) {
        self.text = text
        expression = try? NSRegularExpression(pattern: "\\A(?:\(text))\\z")
    }

    /// False for every text where the pattern itself is none.
    public var isValid: Bool { expression != nil }

    public func matches(_ value: some StringProtocol) -> Bool { groups(String(value)) != nil }

    /// What each group of the pattern has matched, the whole first; nil when the text does not match.
    public func groups(_ value: String) -> [String?]? {
        guard let match = expression?.firstMatch(in: value, range: NSRange(value.startIndex..., in: value)) else { return nil }
        return (0..<match.numberOfRanges).map { Range(match.range(at: $0), in: value).map { String(value[$0]) } }
    }
}

extension Validation {
    /// Requires a text to have so many characters and to match a pattern.
    public mutating func require(_ member: String, _ value: String?, _ pattern: Pattern, length: ClosedRange<Int> = 0...10_000) {
        guard let value else { return }
        requireLength(member, value, atMost: length.upperBound)
        requireLength(member, value, atLeast: length.lowerBound)
        if !pattern.matches(value) { fail(member, value: value, "Member must satisfy regular expression pattern: \(pattern.text)") }
    }
}
