/// Collects the constraints that a request breaks, and throws them as AWS does: one ValidationException for all.
public struct Validation {
    private var failures: [String] = []

    public init() {}

    /// Notes that a member's value breaks a constraint, told in AWS's words.
    public mutating func fail(_ member: String, value: String, _ constraint: String) {
        failures.append("Value '\(value)' at '\(member)' failed to satisfy constraint: \(constraint)")
    }

    /// Requires a text to have at most so many characters.
    public mutating func requireLength(_ member: String, _ value: String?, atMost limit: Int) {
        guard let value, value.unicodeScalars.count > limit else { return }
        fail(member, value: value, "Member must have length less than or equal to \(limit)")
    }

    /// Requires a text to have at least so many characters.
    public mutating func requireLength(_ member: String, _ value: String?, atLeast limit: Int) {
        guard let value, value.unicodeScalars.count < limit else { return }
        fail(member, value: value, "Member must have length greater than or equal to \(limit)")
    }

    /// Notes that a value which is not to be repeated breaks a constraint.
    public mutating func failSecretly(_ member: String, _ constraint: String) {
        failures.append("Value at '\(member)' failed to satisfy constraint: \(constraint)")
    }

    /// Requires a number to lie within a range.
    public mutating func requireRange(_ member: String, _ value: Int?, _ range: ClosedRange<Int>) {
        guard let value else { return }
        if value > range.upperBound {
            fail(member, value: String(value), "Member must have value less than or equal to \(range.upperBound)")
        } else if value < range.lowerBound {
            fail(member, value: String(value), "Member must have value greater than or equal to \(range.lowerBound)")
        }
    }

    /// Requires one of some words.
    public mutating func requireMember(_ member: String, _ value: String?, of words: [String]) {
        guard let value, !words.contains(value) else { return }
        fail(member, value: value, "Member must satisfy enum value set: [\(words.joined(separator: ", "))]")
    }

    /// Requires that a member is there.
    public mutating func requirePresence(_ member: String, _ isPresent: Bool) {
        if !isPresent { failures.append("Value null at '\(member)' failed to satisfy constraint: Member must not be null") }
    }

    /// - Throws: `APIError` ValidationException when anything failed.
    public func finish() throws {
        if !failures.isEmpty { throw error }
    }

    fileprivate var error: APIError {
        let count = failures.count == 1 ? "1 validation error" : "\(failures.count) validation errors"
        return APIError("ValidationException", status: 400, "\(count) detected: \(failures.joined(separator: "; "))", hasType: false)
    }
}

extension APIError {
    /// A ValidationException for one member.
    public static func validation(_ member: String, value: String, _ constraint: String) -> APIError {
        var validation = Validation()
        validation.fail(member, value: value, constraint)
        return validation.error
    }
}
