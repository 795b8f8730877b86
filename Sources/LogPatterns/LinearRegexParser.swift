import LaminaErrors

/// Reads an expression (AWS: "Supported regular expressions (regex) syntax").
struct LinearRegexParser {
    private static let atomLimit = 512
    private static let operators = Array("^$?[]{}|\\*+.".utf8)
    private static let symbols = Array(":_#=@/;,-".utf8)

    private let bytes: [UInt8]
    private var position = 0
    private var count = 0

    init(_ expression: [UInt8]) { bytes = expression }

    mutating func parse() throws -> [LinearRegex.Sequence] {
        guard !bytes.isEmpty else { throw flaw("is empty") }
        var sequences = [try sequence()]
        while take("|") { sequences.append(try sequence()) }
        guard position == bytes.count else { throw flaw("has '\(Character(Unicode.Scalar(bytes[position])))' where nothing can stand") }
        return sequences
    }

    private mutating func sequence() throws -> LinearRegex.Sequence {
        var sequence = LinearRegex.Sequence()
        sequence.isAtStart = take("^")
        while position < bytes.count, bytes[position] != UInt8(ascii: "|") {
            if take("$") {
                sequence.isAtEnd = true
                return sequence
            }
            let set = try byteSet()
            sequence.atoms += try repeated(set)
            guard sequence.atoms.count + count <= Self.atomLimit else { throw flaw("is too long") }
        }
        count += sequence.atoms.count
        return sequence
    }

    private mutating func repeated(_ set: ByteSet) throws -> [LinearRegex.Atom] {
        let one = LinearRegex.Atom(bytes: set)
        let any = LinearRegex.Atom(bytes: set, isOptional: true, isRepeated: true)
        if take("*") { return [any] }
        if take("+") { return [LinearRegex.Atom(bytes: set, isRepeated: true)] }
        if take("?") { return [LinearRegex.Atom(bytes: set, isOptional: true)] }
        guard take("{") else { return [one] }
        let least = try number()
        var most: Int? = least
        if take(",") { most = take("}") ? nil : try number() }
        if most != nil, !take("}") { throw flaw("lacks a '}'") }
        let required = Array(repeating: one, count: least)
        guard let most else { return required + [any] }
        guard least <= most else { throw flaw("has a repetition that ends before it begins") }
        return required + Array(repeating: LinearRegex.Atom(bytes: set, isOptional: true), count: most - least)
    }

    private mutating func number() throws -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)), number <= Self.atomLimit else {
            throw flaw("has a repetition without a number of at most \(Self.atomLimit)")
        }
        return number
    }

    /// What one place takes.
    private mutating func byteSet() throws -> ByteSet {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "."): return .all
        case UInt8(ascii: "["): return try characterClass()
        case UInt8(ascii: "\\"): return try escaped()
        default:
            guard !Self.operators.contains(byte) else {
                throw flaw("has '\(Character(Unicode.Scalar(byte)))' where a character has to stand")
            }
            try requirePlain(byte)
            var set = ByteSet()
            set.insert(byte)
            return set
        }
    }

    private mutating func characterClass() throws -> ByteSet {
        let isInverted = take("^")
        var set = ByteSet()
        var isFirst = true
        while position < bytes.count, isFirst || bytes[position] != UInt8(ascii: "]") {
            isFirst = false
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\\") {
                set.formUnion(try escaped())
            } else if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"), bytes[position + 1] != UInt8(ascii: "]") {
                let last = bytes[position + 1]
                position += 2
                guard byte <= last else { throw flaw("has a range that ends before it begins") }
                set.insert(byte...last)
            } else {
                set.insert(byte)
            }
        }
        guard take("]") else { throw flaw("lacks a ']'") }
        return isInverted ? set.inverted : set
    }

    private mutating func escaped() throws -> ByteSet {
        guard position < bytes.count else { throw flaw("ends in a '\\'") }
        let byte = bytes[position]
        position += 1
        var set = ByteSet()
        switch byte {
        case UInt8(ascii: "d"), UInt8(ascii: "D"): set.insert(0x30...0x39)
        case UInt8(ascii: "s"), UInt8(ascii: "S"):
            set.insert(0x09...0x0d)
            set.insert(0x20)
        case UInt8(ascii: "w"), UInt8(ascii: "W"):
            for range in [0x30...0x39, 0x41...0x5a, 0x61...0x7a] as [ClosedRange<UInt8>] { set.insert(range) }
            set.insert(UInt8(ascii: "_"))
        case UInt8(ascii: "x"):
            let digits = bytes[position...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                throw flaw("has a '\\x' without two hexadecimal digits")
            }
            position += 2
            set.insert(code)
        default:
            guard byte < 0x80, !Character(Unicode.Scalar(byte)).isLetter, !Character(Unicode.Scalar(byte)).isNumber else {
                throw flaw("has '\\\(Character(Unicode.Scalar(byte)))', which stands for nothing")
            }
            set.insert(byte)
        }
        return [UInt8(ascii: "D"), UInt8(ascii: "S"), UInt8(ascii: "W")].contains(byte) ? set.inverted : set
    }

    private func requirePlain(_ byte: UInt8) throws {
        let character = Character(Unicode.Scalar(byte))
        guard byte < 0x80, character.isLetter || character.isNumber || Self.symbols.contains(byte) else {
            throw flaw("has '\(character)', which has to be escaped, or is not supported")
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func flaw(_ reason: String) -> LaminaError {
        LaminaError(.invalidArgument, "the regular expression %\(String(decoding: bytes, as: UTF8.self))% \(reason)")
    }
}
