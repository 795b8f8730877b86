/// The one error of Lamina's libraries: what kind of failure, a message for the person at the keyboard, and what caused it.
///
/// Messages are lower-case, name the thing that is wrong, and say what to do where something can be done. Code dispatches on
/// ``code``, never on the text. The AWS API has its own error, `APIError`, because its names and texts are AWS's.
public struct LaminaError: Error, Sendable {
    public var code: Code
    public var message: String
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The kinds of failure that callers tell apart.
    public enum Code: String, Sendable {
        case invalidArgument
        case notFound
        case alreadyExists
        /// Bytes that do not follow their format.
        case corrupt
        /// Bytes that follow their format, and would do harm.
        case unsafe
        case unsupported
        case limitExceeded
        case hashMismatch
        case inputOutput
        case network
        /// A tool that is not installed.
        case toolMissing
        /// A tool that ran and failed.
        case toolFailed
        case unavailable
        /// Work that was given up because the program ends.
        case stopping
        /// What a check has found wrong, and nobody has allowed.
        case refused
        /// A service that knows the caller, or does not, and refuses.
        case accessDenied
    }
}

extension LaminaError: CustomStringConvertible {
    public var description: String {
        guard let cause else { return message }
        return "\(message): \(ErrorWords.of(cause))"
    }
}

extension LaminaError {
    /// An ``Code/inputOutput`` error that carries the system's words for an `errno`.
    public static func system(_ errno: Int32, _ message: String) -> LaminaError {
        LaminaError(.inputOutput, "\(message): \(SystemErrorText.describe(errno))")
    }
}
