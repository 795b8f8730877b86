/// Who may do what with a layer version or a function: its resource-based policy (AWS: "Resource-based policies").
public struct ResourcePolicy: Sendable, Hashable, Codable {
    /// Changes at each change.
    public var revisionID: String
    public var statements: [Statement]

    public init(revisionID: String, statements: [Statement]) {
        self.revisionID = revisionID
        self.statements = statements
    }

    /// One grant.
    public struct Statement: Sendable, Hashable, Codable {
        /// Unique within the policy.
        public var id: String
        public var principal: Principal
        /// `lambda:GetLayerVersion`.
        public var action: String
        public var resource: String
        public var conditions: [Condition]

        public init(id: String, principal: Principal, action: String, resource: String, conditions: [Condition] = []) {
            self.id = id
            self.principal = principal
            self.action = action
            self.resource = resource
            self.conditions = conditions
        }
    }

    /// Whom a statement is for.
    public enum Principal: Sendable, Hashable, Codable {
        case anyone
        /// An ARN, as in `arn:aws:iam::111122223333:root`.
        case account(String)
        /// A service's domain, as in `s3.amazonaws.com`.
        case service(String)
    }

    /// `{"StringEquals": {"aws:PrincipalOrgID": "o-…"}}` is `StringEquals`, `aws:PrincipalOrgID`, `o-…`.
    public struct Condition: Sendable, Hashable, Codable {
        public var test: String
        public var key: String
        public var value: String

        public init(test: String, key: String, value: String) {
            self.test = test
            self.key = key
            self.value = value
        }
    }

    /// The key of the condition that restricts a grant to an organization.
    public static let organizationKey = "aws:PrincipalOrgID"

    /// Whether the policy lets someone of an account, in an organization or in none, do something.
    ///
    /// - Parameter caller: The ARN of whoever asks.
    public func allows(_ action: String, account: String, caller: String, organization: String?) -> Bool {
        statements.contains { statement in
            guard statement.action == action || statement.action == "lambda:*" || statement.action == "*" else { return false }
            let isMeant: Bool =
                switch statement.principal {
                case .anyone: true
                // The root stands for all of its account.
                case .account(let arn): arn == caller || arn.hasSuffix("::\(account):root")
                case .service: false
                }
            // What else a condition may test, such as a source ARN, no caller of ours can satisfy.
            return isMeant
                && statement.conditions.allSatisfy { $0.key.lowercased() == Self.organizationKey.lowercased() && $0.value == organization }
        }
    }

    /// The policy document, which the API gives as a text.
    public var document: JSONValue {
        ["Version": "2012-10-17", "Id": "default", "Statement": .array(statements.map(\.document))]
    }
}

extension ResourcePolicy.Statement {
    public var document: JSONValue {
        [
            "Sid": .string(id), "Effect": "Allow", "Principal": principal.document, "Action": .string(action),
            "Resource": .string(resource), "Condition": conditions.isEmpty ? nil : conditionDocument,
        ]
    }

    private var conditionDocument: JSONValue {
        var tests: [String] = []
        for condition in conditions where !tests.contains(condition.test) { tests.append(condition.test) }
        return .object(
            tests.map { test in
                JSONValue.Member(
                    test, .object(conditions.filter { $0.test == test }.map { JSONValue.Member($0.key, .string($0.value)) }))
            })
    }
}

extension ResourcePolicy.Principal {
    var document: JSONValue {
        switch self {
        case .anyone: "*"
        case .account(let arn): ["AWS": .string(arn)]
        case .service(let name): ["Service": .string(name)]
        }
    }
}
