/// Checks that bytes are one JSON text (RFC 8259), to the letter: Foundation takes trailing commas, and refuses numbers that no Double holds.
public struct JSONSyntax {
    /// Arrays and objects that may stand in one another.
    private static let depthLimit = 1000

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// What is wrong, and at which byte; nil for a JSON text.
    public static func flaw(in bytes: some Collection<UInt8>) -> String? { locateFlaw(in: bytes)?.text }

    /// What is wrong, and how many bytes stand before it where that is known; nil for a JSON text.
    public static func locateFlaw(in bytes: some Collection<UInt8>) -> (text: String, offset: Int?)? {
        func check(_ bytes: UnsafeRawBufferPointer) -> (String, Int?)? {
            var syntax = JSONSyntax(bytes: bytes)
            guard syntax.isText() else { return (syntax.flaw, syntax.position) }
            let isText = bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
            return isText ? nil : ("Invalid UTF-8", nil)
        }
        if let flaw = bytes.withContiguousStorageIfAvailable({ check(UnsafeRawBufferPointer($0)) }) { return flaw }
        return Array(bytes).withUnsafeBytes(check)
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var flaw: String {
        guard position < bytes.count else { return "Unexpected end-of-input" }
        let byte = bytes[position]
        let text = (0x20..<0x7f).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))' (code \(byte))" : "(code \(byte))"
        return "Unexpected character \(text) at byte \(position)"
    }

    private mutating func isText() -> Bool {
        var open: [UInt8] = []
        while true {
            skipSpace()
            // A value begins here.
            guard position < bytes.count else { return false }
            let isOpening: Bool
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < Self.depthLimit else { return false }
                open.append(bytes[position] + 2)
                position += 1
                isOpening = true
            case UInt8(ascii: "\""):
                guard isString() else { return false }
                isOpening = false
            default:
                guard isWord() || isNumber() else { return false }
                isOpening = false
            }
            guard let goesOn = behindValue(&open, isOpening) else { return false }
            if !goesOn { return true }
        }
    }

    /// Passes over what may follow a value, up to the next: true where there is one, false at the text's end, nil for a flaw.
    private mutating func behindValue(_ open: inout [UInt8], _ isOpening: Bool) -> Bool? {
        var isOpening = isOpening
        while true {
            skipSpace()
            guard let close = open.last else { return position == bytes.count ? false : nil }
            guard position < bytes.count else { return nil }
            if bytes[position] == close {
                position += 1
                open.removeLast()
                isOpening = false
                continue
            }
            if !isOpening {
                guard bytes[position] == UInt8(ascii: ",") else { return nil }
                position += 1
                skipSpace()
            }
            guard close == UInt8(ascii: "}") else { return true }
            guard isString() else { return nil }
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { return nil }
            position += 1
            return true
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func isString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while position < bytes.count, bytes[position] >= 0x20 {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return true
            case UInt8(ascii: "\\"):
                position += 1
                guard position < bytes.count else { return false }
                if bytes[position] == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        position += 1
                        guard position < bytes.count, Character(Unicode.Scalar(bytes[position])).isHexDigit else { return false }
                    }
                } else {
                    guard "\"\\/bfnrt".utf8.contains(bytes[position]) else { return false }
                }
                position += 1
            default: position += 1
            }
        }
        return false
    }

    private mutating func isWord() -> Bool {
        for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return true
        }
        return false
    }

    private mutating func isNumber() -> Bool {
        _ = take(UInt8(ascii: "-"))
        guard take(UInt8(ascii: "0")) || skipDigits() else { return false }
        if take(UInt8(ascii: ".")), !skipDigits() { return false }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            return skipDigits()
        }
        return true
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        return position > start
    }
}
