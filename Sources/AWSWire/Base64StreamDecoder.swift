import LaminaErrors

/// Decodes base64 that comes in pieces (RFC 4648, with padding; line breaks are passed over).
public struct Base64StreamDecoder: Sendable {
    private static let table: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, digit) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            table[Int(digit)] = UInt8(value)
        }
        return table
    }()

    private var bits: UInt32 = 0
    private var digits = 0
    private var padding = 0
    private var output: [UInt8] = []

    public init() {}

    /// Decodes a piece and hands out what it completes.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for a character that is not base64.
    public mutating func decode(_ text: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        if output.count < text.count + 4 { output = [UInt8](repeating: 0, count: text.count + 4) }
        var (bits, digits, padding) = (bits, digits, padding)
        var written = 0
        var failure = false
        Self.table.withUnsafeBufferPointer { table in
            output.withUnsafeMutableBufferPointer { output in
                var index = 0
                let end = text.count
                while index < end {
                    // Four digits at a time where nothing is pending.
                    if digits == 0, padding == 0, index + 4 <= end {
                        let a = table[Int(text[index])], b = table[Int(text[index + 1])]
                        let c = table[Int(text[index + 2])], d = table[Int(text[index + 3])]
                        if (a | b | c | d) < 64 {
                            let word = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                            output[written] = UInt8(truncatingIfNeeded: word >> 16)
                            output[written + 1] = UInt8(truncatingIfNeeded: word >> 8)
                            output[written + 2] = UInt8(truncatingIfNeeded: word)
                            written += 3
                            index += 4
                            continue
                        }
                    }
                    let byte = text[index]
                    index += 1
                    if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { continue }
                    if byte == UInt8(ascii: "=") {
                        padding += 1
                        continue
                    }
                    let value = table[Int(byte)]
                    guard value < 64, padding == 0 else {
                        failure = true
                        return
                    }
                    bits = bits << 6 | UInt32(value)
                    digits += 1
                    if digits == 4 {
                        output[written] = UInt8(truncatingIfNeeded: bits >> 16)
                        output[written + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                        output[written + 2] = UInt8(truncatingIfNeeded: bits)
                        written += 3
                        (bits, digits) = (0, 0)
                    }
                }
            }
        }
        (self.bits, self.digits, self.padding) = (bits, digits, padding)
        guard !failure else { throw LaminaError(.corrupt, "the text is not base64") }
        if written > 0 { try output.withUnsafeBytes { try emit(UnsafeRawBufferPointer(rebasing: $0[..<written])) } }
    }

    /// Hands out the last one or two bytes.
    ///
    /// - Throws: ``LaminaError`` `corrupt` when the digits and padding do not add up.
    public mutating func finish(emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        let rest: [UInt8]
        switch (digits, padding) {
        case (0, 0): rest = []
        case (2, 0), (2, 2): rest = [UInt8(truncatingIfNeeded: bits >> 4)]
        case (3, 0), (3, 1): rest = [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
        default: throw LaminaError(.corrupt, "the base64 text ends in the middle")
        }
        if !rest.isEmpty { try rest.withUnsafeBytes { try emit($0) } }
    }
}
