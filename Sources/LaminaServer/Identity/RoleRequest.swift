import Foundation
import LambdaModel
import Storage

/// The operations on roles (botocore: `iam/2010-05-08`).
enum RoleOperation: String {
    case createRole = "CreateRole"
    case getRole = "GetRole"
    case listRoles = "ListRoles"
    case updateRole = "UpdateRole"
    case updateRoleDescription = "UpdateRoleDescription"
    case updateAssumeRolePolicy = "UpdateAssumeRolePolicy"
    case deleteRole = "DeleteRole"
    case tagRole = "TagRole"
    case untagRole = "UntagRole"
    case listRoleTags = "ListRoleTags"
    case putRolePolicy = "PutRolePolicy"
    case getRolePolicy = "GetRolePolicy"
    case deleteRolePolicy = "DeleteRolePolicy"
    case listRolePolicies = "ListRolePolicies"
    case attachRolePolicy = "AttachRolePolicy"
    case detachRolePolicy = "DetachRolePolicy"
    case listAttachedRolePolicies = "ListAttachedRolePolicies"
    case listInstanceProfilesForRole = "ListInstanceProfilesForRole"
}

/// A request about roles, its members checked as they are read.
struct RoleRequest {
    let operation: RoleOperation
    let form: QueryForm
    let account: String

    /// - Throws: `APIError` ValidationError for a name that is missing or none.
    func name(_ member: String, limit: Int = 64) throws -> String {
        let text = try required(member)
        guard text.utf8.count <= limit else { throw Self.invalid(member, "Member must have length less than or equal to \(limit)") }
        guard text.utf8.allSatisfy({ Self.nameCharacters.contains($0) }) else {
            throw Self.error(
                "The specified value for \(Self.lowerCamel(member)) is invalid. It must contain only alphanumeric characters and/or the following: "
                    + "+=,.@_-")
        }
        return text
    }

    private static let nameCharacters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=,.@_-".utf8)

    func required(_ member: String) throws -> String {
        guard let text = form[member], !text.isEmpty else { throw Self.invalid(member, "Member must not be null") }
        return text
    }

    /// A policy document, which must be a JSON object.
    ///
    /// - Throws: `APIError` MalformedPolicyDocument.
    func document(_ member: String, _ message: String) throws -> String {
        let text = try required(member)
        guard text.utf8.count <= 131_072, (try? JSONSerialization.jsonObject(with: Data(text.utf8))) is [String: Any] else {
            throw APIError("MalformedPolicyDocument", status: 400, message, hasType: false)
        }
        return text
    }

    var path: String {
        get throws {
            let path = form["Path"] ?? "/"
            let isPath =
                path.hasPrefix("/") && path.hasSuffix("/") && path.utf8.count <= 512
                && path.utf8.allSatisfy { (0x21...0x7e).contains($0) }
            guard isPath else {
                throw Self.invalid("Path", "Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)")
            }
            return path
        }
    }

    /// Seconds.
    var sessionDuration: Int? {
        get throws { try number("MaxSessionDuration", 3600...43_200) }
    }

    var description: String? {
        get throws {
            guard form["Description"]?.unicodeScalars.count ?? 0 <= 1000 else {
                throw Self.invalid("Description", "Member must have length less than or equal to 1000")
            }
            return form["Description"]
        }
    }

    var policyARN: String {
        get throws {
            let arn = try required("PolicyArn")
            guard arn.hasPrefix("arn:"), arn.utf8.count >= 20, arn.contains(":policy/") else {
                throw Self.error("ARN \(arn) is not valid.")
            }
            return arn
        }
    }

    var tags: [String: String] {
        get throws {
            let pairs = form.pairs("Tags")
            guard pairs.count <= 50 else { throw Self.invalid("Tags", "Member must have length less than or equal to 50") }
            for (index, pair) in pairs.enumerated() {
                for (part, text, limit) in [("key", pair.key, 128), ("value", pair.value, 256)] where text.unicodeScalars.count > limit {
                    throw Self.invalid("Tags.\(index + 1).member.\(part)", "Member must have length less than or equal to \(limit)")
                }
            }
            guard Set(pairs.map { $0.key.lowercased() }).count == pairs.count else {
                throw APIError(
                    "InvalidInput", status: 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive.", hasType: false
                )
            }
            return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        }
    }

    /// Where the page before ended.
    var marker: String? {
        get throws {
            try form["Marker"].map { text in
                guard let marker = Marker.decode(text, of: operation.rawValue) else { throw Self.error("Invalid Marker.") }
                return marker
            }
        }
    }

    /// How many items a page may have.
    var maxItems: Int {
        get throws { try number("MaxItems", 1...1000) ?? 100 }
    }

    private func number(_ member: String, _ range: ClosedRange<Int>) throws -> Int? {
        guard let text = form[member] else { return nil }
        guard let value = Int(text) else { throw Self.invalid(member, "Member must be a number") }
        guard value >= range.lowerBound else {
            throw Self.invalid(member, "Member must have value greater than or equal to \(range.lowerBound)")
        }
        guard value <= range.upperBound else {
            throw Self.invalid(member, "Member must have value less than or equal to \(range.upperBound)")
        }
        return value
    }

    private static func invalid(_ member: String, _ constraint: String) -> APIError {
        error("1 validation error detected: Value at '\(lowerCamel(member))' failed to satisfy constraint: \(constraint)")
    }

    private static func lowerCamel(_ member: String) -> String { member.prefix(1).lowercased() + member.dropFirst() }

    private static func error(_ message: String) -> APIError { APIError("ValidationError", status: 400, message, hasType: false) }
}
