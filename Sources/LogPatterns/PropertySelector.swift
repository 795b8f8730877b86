import LaminaErrors

/// The way to a property: `$.user.id`, `$.items[0].name`, `$.items[*]`, `$.*`, `$['a key']`.
struct PropertySelector: Sendable {
    private enum Step: Sendable {
        case name(String)
        case index(Int)
        /// Every element, or every member.
        case every
    }

    private var steps: [Step] = []

    init(_ scanner: inout PatternScanner) throws {
        guard scanner.take("$") else { throw scanner.flaw("a property selector, which begins with '$', is missing") }
        while let next = scanner.next {
            if next == UInt8(ascii: ".") {
                _ = scanner.take(".")
                let name = scanner.word(until: ".[]=!<>(){}&|\"'")
                guard !name.isEmpty else { throw scanner.flaw("a property's name is missing") }
                steps.append(name == [UInt8(ascii: "*")] ? .every : .name(String(decoding: name, as: UTF8.self)))
            } else if next == UInt8(ascii: "[") {
                _ = scanner.take("[")
                steps.append(try Self.element(&scanner))
                try scanner.require("]")
            } else {
                break
            }
        }
        guard !steps.isEmpty else { throw scanner.flaw("a property's name is missing") }
    }

    /// The values that the way leads to in a JSON value, as `JSONSerialization` gives it; none where it leads nowhere.
    func values(in value: Any) -> [Any] {
        var values = [value]
        for step in steps {
            switch step {
            case .name(let name): values = values.compactMap { ($0 as? [String: Any])?[name] }
            case .index(let index):
                values = values.compactMap { value in
                    (value as? [Any]).flatMap { $0.indices.contains(index) ? $0[index] : nil }
                }
            case .every: values = values.flatMap { ($0 as? [Any]) ?? ($0 as? [String: Any]).map { Array($0.values) } ?? [] }
            }
        }
        return values
    }

    /// What stands in brackets.
    private static func element(_ scanner: inout PatternScanner) throws -> Step {
        if scanner.take("*") { return .every }
        if scanner.next == UInt8(ascii: "\"") { return .name(String(decoding: try scanner.quoted(), as: UTF8.self)) }
        if scanner.take("'") {
            var name: [UInt8] = []
            while let byte = scanner.next, byte != UInt8(ascii: "'") { name.append(scanner.advance(byte)) }
            try scanner.require("'")
            return .name(String(decoding: name, as: UTF8.self))
        }
        let word = scanner.word(until: "]")
        guard let index = Int(String(decoding: word, as: UTF8.self)), index >= 0 else {
            throw scanner.flaw("an element's number, '*' or a quoted name is missing")
        }
        return .index(index)
    }
}
