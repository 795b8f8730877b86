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
        let items = try JSONDecoder().decode(Document.self, from: Data(text.utf8)).statements
        statements = items.filter { $0.effect ?? "Allow" == "Allow" }.map(\.statement)
    }
}

private struct Document: Decodable {
    var statements: [Item]

    enum CodingKeys: String, CodingKey { case statements = "Statement" }

    struct Item: Decodable {
        var sid: String?
        var effect: String?
        var principal: Principal?
        /// Nil where there is none; without operators where it is of a form that is not known here.
        var condition: [String: [String: String]]?
        /// Other servers of the API keep the request's member instead of AWS's condition.
        var organizationID: String?

        enum CodingKeys: String, CodingKey {
            case sid = "Sid"
            case effect = "Effect"
            case principal = "Principal"
            case condition = "Condition"
            case organizationID = "OrganizationId"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            sid = try container.decodeIfPresent(String.self, forKey: .sid)
            effect = try container.decodeIfPresent(String.self, forKey: .effect)
            principal = try container.decodeIfPresent(Principal.self, forKey: .principal)
            if container.contains(.condition) {
                condition = (try? container.decode([String: [String: String]].self, forKey: .condition)) ?? [:]
            }
            organizationID = try container.decodeIfPresent(String.self, forKey: .organizationID)
        }

        var statement: LayerPolicy.Statement { LayerPolicy.Statement(id: sid ?? "", grantee: grantee) }

        private var grantee: LayerGrantee? {
            switch principal?.text {
            case "*":
                guard let condition else { return organizationID.map(LayerGrantee.organization) ?? .everyone }
                // AWS compares a condition's key without regard to case. Any other condition grants less.
                guard condition.count == 1, let keys = condition["StringEquals"], keys.count == 1, let (key, value) = keys.first,
                    key.lowercased() == "aws:principalorgid"
                else { return nil }
                return .organization(value)
            // Nor does an account have all that is granted under a condition.
            case .some where condition != nil: return nil
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
