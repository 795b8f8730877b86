import LaminaErrors

/// A filter pattern of CloudWatch Logs (AWS: "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live
/// Tail"): terms (`ERROR -timeout`, `?WARN ?ERROR`, `"exact phrase"`, `%regex%`), conditions on JSON (`{ $.level = "ERROR" }`), or on the
/// fields of a line (`[ip, user, ..., status = 4*]`).
///
///     try LogPattern(#"{ $.level = "ERROR" && $.latency > 75 }"#).matches(message)
public struct LogPattern: Sendable {
    /// Bytes of a pattern's text.
    public static let lengthLimit = 1024
    /// AWS: of one pattern.
    static let regexLimit = 2

    private enum Form {
        case terms(TermPattern)
        case object(ObjectPattern)
        case fields(FieldPattern)
    }

    private let form: Form

    /// - Parameter text: Empty for one that every message matches.
    /// - Throws: ``LaminaError`` `invalidArgument` with what is wrong with it.
    public init(_ text: String) throws {
        guard text.utf8.count <= Self.lengthLimit else {
            throw LaminaError(.invalidArgument, "a filter pattern has at most \(Self.lengthLimit) bytes")
        }
        var scanner = PatternScanner(text)
        scanner.skipSpace()
        switch scanner.next {
        case UInt8(ascii: "{"): form = .object(try ObjectPattern(&scanner))
        case UInt8(ascii: "["): form = .fields(try FieldPattern(&scanner))
        default: form = .terms(try TermPattern(&scanner))
        }
        try scanner.requireEnd()
    }

    /// Whether a log event's message, in UTF-8, is one that the pattern asks for.
    public func matches(_ message: [UInt8]) -> Bool {
        switch form {
        case .terms(let pattern): pattern.matches(message)
        case .object(let pattern): pattern.matches(message)
        case .fields(let pattern): pattern.matches(message)
        }
    }
}
