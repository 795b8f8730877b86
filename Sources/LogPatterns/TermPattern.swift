import CLinux
import LaminaErrors

/// Terms that a message must have, must not have, or must have one of. They are case-sensitive, and match within words.
struct TermPattern: Sendable {
    private enum Term: Sendable {
        case text([UInt8])
        case regex(LinearRegex)

        func occurs(in message: [UInt8]) -> Bool {
            switch self {
            case .text(let text):
                message.withUnsafeBytes { message in
                    text.isEmpty || clinux_memmem(message.baseAddress, message.count, text, text.count) != nil
                }
            case .regex(let regex): regex.matches(message)
            }
        }
    }

    private var all: [Term] = []
    private var any: [Term] = []
    private var none: [Term] = []

    init(_ scanner: inout PatternScanner) throws {
        while true {
            scanner.skipSpace()
            guard let first = scanner.next else { break }
            switch first {
            case UInt8(ascii: "-"):
                _ = scanner.take("-")
                none.append(try Self.term(&scanner))
            case UInt8(ascii: "?"):
                _ = scanner.take("?")
                any.append(try Self.term(&scanner))
            default: all.append(try Self.term(&scanner))
            }
        }
        // AWS: the question mark counts for nothing beside other terms.
        if !all.isEmpty || !none.isEmpty { any = [] }
    }

    func matches(_ message: [UInt8]) -> Bool {
        all.allSatisfy { $0.occurs(in: message) } && !none.contains { $0.occurs(in: message) }
            && (any.isEmpty || any.contains { $0.occurs(in: message) })
    }

    private static func term(_ scanner: inout PatternScanner) throws -> Term {
        switch scanner.next {
        case UInt8(ascii: "\""): return .text(try scanner.quoted())
        case UInt8(ascii: "%"): return .regex(try scanner.regex())
        default:
            let word = scanner.word(until: "\"%'`(){}[]<>=!&|,*?;^$\\")
            guard !word.isEmpty, scanner.next.map({ $0 <= 0x20 }) ?? true else {
                throw scanner.flaw("a term with other characters than letters, digits and underscores stands in double quotes:")
            }
            return .text(word)
        }
    }
}
