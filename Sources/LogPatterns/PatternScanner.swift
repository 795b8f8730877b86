import LaminaErrors

/// Reads a filter pattern's text from its beginning to its end.
struct PatternScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var regexes = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) { position += 1 }
    }

    /// Passes over a text, and the space before it, if it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: text.withUTF8Buffer { Array($0) }) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    mutating func require(_ text: StaticString) throws {
        guard take(text) else { throw flaw("'\(text)' is missing") }
    }

    mutating func requireEnd() throws {
        skipSpace()
        guard position == bytes.count else { throw flaw("nothing more is expected") }
    }

    /// Passes over the next byte, which is this one.
    mutating func advance(_ byte: UInt8) -> UInt8 {
        position += 1
        return byte
    }

    /// What comes until a byte of these, or a space, or the end.
    mutating func word(until stop: StaticString) -> [UInt8] {
        let start = position
        let stops = stop.withUTF8Buffer { Array($0) }
        while let byte = next, byte > 0x20, !stops.contains(byte) { position += 1 }
        return Array(bytes[start..<position])
    }

    /// The content of double quotes, which come next; `\"` and `\\` stand for the second character.
    mutating func quoted() throws -> [UInt8] {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            position += 1
            if byte == UInt8(ascii: "\\"), let escaped = next, escaped == UInt8(ascii: "\"") || escaped == byte {
                content.append(escaped)
                position += 1
            } else {
                content.append(byte)
            }
        }
        guard next != nil else {
            position = start
            throw flaw("the closing double quote is missing")
        }
        position += 1
        return content
    }

    /// The expression between the percent signs that come next.
    mutating func regex() throws -> LinearRegex {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "%") {
            content.append(byte)
            position += 1
            if byte == UInt8(ascii: "\\"), let escaped = next {
                content.append(escaped)
                position += 1
            }
        }
        guard next != nil else {
            position = start
            throw flaw("the closing percent sign is missing")
        }
        position += 1
        regexes += 1
        guard regexes <= LogPattern.regexLimit else {
            throw LaminaError(.invalidArgument, "a filter pattern has at most \(LogPattern.regexLimit) regular expressions")
        }
        return try LinearRegex(content)
    }

    /// An error that shows where in the pattern something is wrong.
    func flaw(_ reason: String) -> LaminaError {
        let rest = String(decoding: bytes[position...].prefix(40), as: UTF8.self)
        return LaminaError(.invalidArgument, rest.isEmpty ? "\(reason) at the end" : "\(reason) at '\(rest)'")
    }
}
