import Foundation
import LaminaErrors

/// An error answer of a service, by AWS's name for it: the cause of a ``LaminaError``.
public struct ServiceError: Error, Sendable, Hashable {
    /// As in `ResourceNotFoundException` or S3's `NoSuchBucket`.
    public var name: String
    /// The answer's HTTP status.
    public var status: Int
    /// The service's own words, for people only.
    public var message: String
    /// What it may really be, and what to do: lines for people.
    public var hints: [String] = []

    public init(name: String, status: Int, message: String) {
        self.name = name
        self.status = status
        self.message = message
    }
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        ([message.isEmpty ? name : "\(name): \(message)"] + hints.map { "  hint: \($0)" }).joined(separator: "\n")
    }
}

extension ServiceError {
    /// The kind of failure as all of Lamina tells them apart.
    var code: LaminaError.Code {
        switch status {
        case 403: .accessDenied
        case 404: .notFound
        case 409: .alreadyExists
        case 413: .limitExceeded
        case 429, 500...: .unavailable
        default: .invalidArgument
        }
    }

    /// Whether the same request may succeed a moment later.
    var isTransient: Bool { status == 429 || status >= 500 }
}

extension LaminaError {
    /// The service's answer that this error comes from.
    public var serviceError: ServiceError? { cause as? ServiceError }

    /// The error with hints for the person at the keyboard.
    func adding(hints: [String]) -> LaminaError {
        guard var answer = serviceError else { return self }
        answer.hints += hints
        return LaminaError(code, message, cause: answer)
    }
}
