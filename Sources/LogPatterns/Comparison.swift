import Foundation
import LaminaErrors

/// An operator and what a value is compared with.
struct Comparison: Sendable {
    enum Operator: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    private enum Operand: Sendable {
        /// A text in double quotes.
        case text(Wildcard)
        /// A text without them, which may stand for a number or a truth value.
        case bare(Wildcard, number: Double?, truth: Bool?)
        case regex(LinearRegex)
    }

    private let relation: Operator
    private let operand: Operand

    /// An operator, and the value behind it.
    init(_ scanner: inout PatternScanner) throws {
        relation = try Self.relation(&scanner)
        scanner.skipSpace()
        switch scanner.next {
        case UInt8(ascii: "\""): operand = .text(Wildcard(try scanner.quoted()))
        case UInt8(ascii: "%"): operand = .regex(try scanner.regex())
        default:
            let word = scanner.word(until: "\"(){}[]<>=!&|,")
            guard !word.isEmpty else { throw scanner.flaw("a value is missing") }
            let text = String(decoding: word, as: UTF8.self)
            operand = .bare(Wildcard(word), number: Self.number(word), truth: ["true": true, "false": false][text.lowercased()])
        }
        guard relation == .equal || relation == .notEqual || isNumeric else {
            throw scanner.flaw("'<', '<=', '>' and '>=' compare numbers; another value stands")
        }
    }

    /// - Parameter text: A string of JSON, or a field of a line.
    /// - Parameter isNumeric: Whether the text may stand for a number.
    func matches(_ text: [UInt8], isNumeric: Bool) -> Bool {
        switch operand {
        case .text(let wildcard): return isRelated(wildcard.matches(text))
        case .regex(let regex): return isRelated(regex.matches(text))
        case .bare(let wildcard, let number?, _):
            if isNumeric, let value = Self.number(text) { return compare(value, number) }
            return isRelated(wildcard.matches(text))
        case .bare(let wildcard, _, _): return isRelated(wildcard.matches(text))
        }
    }

    func matches(_ value: Double) -> Bool {
        switch operand {
        case .bare(_, let number?, _): compare(value, number)
        case .bare(let wildcard, _, _):
            isRelated(wildcard.matches(Array((Int(exactly: value).map(String.init) ?? String(value)).utf8)))
        case .text, .regex: relation == .notEqual
        }
    }

    func matches(_ value: Bool) -> Bool {
        switch operand {
        case .bare(_, _, let truth?): isRelated(value == truth)
        case .bare(let wildcard, _, _): isRelated(wildcard.isAny)
        case .text, .regex: relation == .notEqual
        }
    }

    private var isNumeric: Bool {
        if case .bare(_, _?, _) = operand { true } else { false }
    }

    /// For what is equal or not, and has no order.
    private func isRelated(_ isEqual: Bool) -> Bool {
        switch relation {
        case .equal: isEqual
        case .notEqual: !isEqual
        case .less, .lessOrEqual, .greater, .greaterOrEqual: false
        }
    }

    private func compare(_ value: Double, _ number: Double) -> Bool {
        switch relation {
        case .equal: value == number
        case .notEqual: value != number
        case .less: value < number
        case .lessOrEqual: value <= number
        case .greater: value > number
        case .greaterOrEqual: value >= number
        }
    }

    /// A decimal number; no other word or notation that `Double` takes for one.
    private static func number(_ text: [UInt8]) -> Double? {
        guard text.allSatisfy({ byte in decimals.contains(byte) }) else { return nil }
        return Double(String(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    private static let decimals = Array("0123456789+-.eE".utf8)

    private static func relation(_ scanner: inout PatternScanner) throws -> Operator {
        if scanner.take("!=") { return .notEqual }
        if scanner.take("<=") { return .lessOrEqual }
        if scanner.take(">=") { return .greaterOrEqual }
        if scanner.take("=") { return .equal }
        if scanner.take("<") { return .less }
        if scanner.take(">") { return .greater }
        throw scanner.flaw("an operator is missing")
    }
}

/// A text whose asterisks stand for any bytes.
struct Wildcard: Sendable {
    private let parts: [[UInt8]]

    init(_ text: [UInt8]) {
        parts = text.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether it is an asterisk alone.
    var isAny: Bool { parts.count > 1 && parts.allSatisfy(\.isEmpty) }

    func matches(_ text: [UInt8]) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return parts.first == text }
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count) == last[...] else { return false }
        var rest = text[first.count..<(text.count - last.count)]
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
