import Foundation
import LambdaModel

/// The resource-based policy of a layer version.
public struct LayerPolicy: Sendable, Hashable {
    public var statements: [Statement]

    /// One grant.
    public struct Statement: Sendable, Hashable {
        public var id: String
        /// Nil for a principal that is neither an account, nor an organization, nor everyone.
        public var grantee: LayerGrantee?
    }

    /// - Parameter text: The policy's JSON.
    init(_ text: String) throws {
        statements = try JSONDecoder().decode(Document.self, from: Data(text.utf8)).statements.map(\.statement)
    }
}

private struct Document: Decodable {
    var statements: [Item]

    enum CodingKeys: String, CodingKey { case statements = "Statement" }

    struct Item: Decodable {
        var sid: String?
        var principal: Principal?
        var condition: [String: [String: String]]?
        /// Other servers of the API keep the request's member instead of AWS's condition.
        var organizationID: String?

        enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case principal = "Principal"
            case condition = "Condition"
            case organizationID = "OrganizationId"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            sid = try container.decodeIfPresent(String.self, forKey: .sid)
            principal = try container.decodeIfPresent(Principal.self, forKey: .principal)
            condition = try? container.decodeIfPresent([String: [String: String]].self, forKey: .condition)
            organizationID = try container.decodeIfPresent(String.self, forKey: .organizationID)
        }

        var statement: LayerPolicy.Statement { LayerPolicy.Statement(id: sid ?? "", grantee: grantee) }

        private var grantee: LayerGrantee? {
            // AWS compares a condition's key without regard to case.
            let keys = condition?["StringEquals"] ?? [:]
            let organization = keys.first { $0.key.lowercased() == "aws:principalorgid" }?.value ?? organizationID
            switch principal?.text {
            case "*":
                if let organization { return .organization(organization) }
                return condition == nil ? .everyone : nil
            case .some(let text):
                // An account's own id, or `arn:aws:iam::111122223333:root`.
                let parts = text.split(separator: ":", omittingEmptySubsequences: false)
                let account = parts.count == 6 && parts[5] == "root" ? String(parts[4]) : text
                return account.isAccountID ? .account(account) : nil
            case nil: return nil
            }
        }
    }

    /// `"*"`, or `{"AWS": "…"}`.
    struct Principal: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self.text = text
            } else {
                text = (try? decoder.singleValueContainer().decode([String: String].self))?["AWS"]
            }
        }
    }
}
