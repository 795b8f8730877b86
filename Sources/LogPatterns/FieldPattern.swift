import LaminaErrors

/// A line's fields between spaces, by their place: `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`.
struct FieldPattern: Sendable {
    /// Alternatives of comparisons that all have to hold; none for a field that is only named.
    private typealias Condition = [[Comparison]]

    /// The fields before the ellipsis, or all.
    private var leading: [Condition] = []
    /// The fields behind the ellipsis; nil without one.
    private var trailing: [Condition]?

    init(_ scanner: inout PatternScanner) throws {
        try scanner.require("[")
        repeat {
            if scanner.take("...") {
                guard trailing == nil else { throw scanner.flaw("only one ellipsis may stand in a pattern") }
                trailing = []
            } else {
                let condition = try Self.condition(&scanner)
                if trailing != nil { trailing?.append(condition) } else { leading.append(condition) }
            }
        } while scanner.take(",")
        try scanner.require("]")
    }

    func matches(_ message: [UInt8]) -> Bool {
        let fields = Self.fields(message)
        guard let trailing else { return fields.count == leading.count && Self.hold(leading, fields[...]) }
        return fields.count >= leading.count + trailing.count && Self.hold(leading, fields[...])
            && Self.hold(trailing, fields.suffix(trailing.count))
    }

    private static func hold(_ conditions: [Condition], _ fields: ArraySlice<[UInt8]>) -> Bool {
        zip(conditions, fields).allSatisfy { condition, field in
            condition.isEmpty || condition.contains { $0.allSatisfy { $0.matches(field, isNumeric: true) } }
        }
    }

    private static func condition(_ scanner: inout PatternScanner) throws -> Condition {
        let name = try self.name(&scanner)
        guard let next = scanner.next, next != UInt8(ascii: ","), next != UInt8(ascii: "]") else { return [] }
        var alternatives = [[try Comparison(&scanner)]]
        while true {
            let isAnother = scanner.take("||")
            guard isAnother || scanner.take("&&") else { return alternatives }
            guard try self.name(&scanner) == name else {
                throw scanner.flaw("the conditions of a field name that field alone: '\(String(decoding: name, as: UTF8.self))'")
            }
            let comparison = try Comparison(&scanner)
            if isAnother { alternatives.append([comparison]) } else { alternatives[alternatives.count - 1].append(comparison) }
        }
    }

    private static func name(_ scanner: inout PatternScanner) throws -> [UInt8] {
        scanner.skipSpace()
        let name = scanner.word(until: "\"%(){}[]<>=!&|,")
        guard !name.isEmpty else { throw scanner.flaw("a field's name is missing") }
        scanner.skipSpace()
        return name
    }

    /// AWS: what stands in double quotes or brackets is one field.
    private static func fields(_ message: [UInt8]) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var rest = message[...]
        // Those that stand nowhere in the rest: looked for once.
        var missing: Set<UInt8> = []
        while true {
            rest = rest.drop { $0 <= 0x20 }
            guard let first = rest.first else { return fields }
            let closing: UInt8? =
                switch first {
                case UInt8(ascii: "\""): first
                case UInt8(ascii: "["): UInt8(ascii: "]")
                default: nil
                }
            let end = closing.flatMap { missing.contains($0) ? nil : rest.dropFirst().firstIndex(of: $0) }
            if let end {
                fields.append(Array(rest[(rest.startIndex + 1)..<end]))
                rest = rest[(end + 1)...]
            } else {
                if let closing { missing.insert(closing) }
                let field = rest.prefix { $0 > 0x20 }
                fields.append(Array(field))
                rest = rest[field.endIndex...]
            }
        }
    }
}
