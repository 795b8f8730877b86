import Foundation
import LaminaErrors

/// Conditions on the properties of a message that is a JSON object: `{ $.user.id = 1 && ($.items[0] = "a*" || $.error IS TRUE) }`.
struct ObjectPattern: Sendable {
    private indirect enum Expression: Sendable {
        case condition(PropertySelector, Test)
        case all([Expression])
        case any([Expression])
    }

    private enum Test: Sendable {
        case compares(Comparison)
        case isNull
        case isTruth(Bool)
        case isMissing
    }

    private let expression: Expression

    init(_ scanner: inout PatternScanner) throws {
        try scanner.require("{")
        expression = try Self.alternatives(&scanner)
        try scanner.require("}")
    }

    func matches(_ message: [UInt8]) -> Bool {
        // Most lines of a log are no JSON, and are not worth a parser.
        guard let first = message.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSONSerialization.jsonObject(with: Data(message))
        else { return false }
        return Self.holds(expression, value)
    }

    private static func holds(_ expression: Expression, _ value: Any) -> Bool {
        switch expression {
        case .all(let parts): parts.allSatisfy { holds($0, value) }
        case .any(let parts): parts.contains { holds($0, value) }
        case .condition(let selector, .isMissing): selector.values(in: value).isEmpty
        case .condition(let selector, let test): selector.values(in: value).contains { passes(test, $0) }
        }
    }

    private static func passes(_ test: Test, _ value: Any) -> Bool {
        switch (test, value) {
        case (.isNull, let value): value is NSNull
        case (.isTruth(let truth), let number as NSNumber): number.isBool && number.boolValue == truth
        case (.compares(let comparison), let text as String): comparison.matches(Array(text.utf8), isNumeric: false)
        case (.compares(let comparison), let number as NSNumber):
            number.isBool ? comparison.matches(number.boolValue) : comparison.matches(number.doubleValue)
        default: false
        }
    }

    private static func alternatives(_ scanner: inout PatternScanner) throws -> Expression {
        var parts = [try conjunction(&scanner)]
        while scanner.take("||") { parts.append(try conjunction(&scanner)) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private static func conjunction(_ scanner: inout PatternScanner) throws -> Expression {
        var parts = [try condition(&scanner)]
        while scanner.take("&&") { parts.append(try condition(&scanner)) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private static func condition(_ scanner: inout PatternScanner) throws -> Expression {
        if scanner.take("(") {
            let expression = try alternatives(&scanner)
            try scanner.require(")")
            return expression
        }
        let selector = try PropertySelector(&scanner)
        if scanner.take("IS") || scanner.take("is") {
            scanner.skipSpace()
            switch String(decoding: scanner.word(until: "(){}&|"), as: UTF8.self).uppercased() {
            case "NULL": return .condition(selector, .isNull)
            case "TRUE": return .condition(selector, .isTruth(true))
            case "FALSE": return .condition(selector, .isTruth(false))
            default: throw scanner.flaw("IS wants NULL, TRUE or FALSE")
            }
        }
        if scanner.take("NOT") || scanner.take("not") {
            guard scanner.take("EXISTS") || scanner.take("exists") else { throw scanner.flaw("NOT wants EXISTS") }
            return .condition(selector, .isMissing)
        }
        return .condition(selector, .compares(try Comparison(&scanner)))
    }
}

extension NSNumber {
    /// Foundation makes numbers of truth values; their C type tells them apart.
    fileprivate var isBool: Bool { String(cString: objCType) == "c" }
}
