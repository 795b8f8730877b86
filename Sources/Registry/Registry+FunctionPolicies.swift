import LambdaModel
import Storage

/// What AddPermission takes.
public struct FunctionGrant: Sendable {
    public var statementID: String?
    public var action: String?
    public var principal: String?
    public var sourceARN: String?
    public var sourceAccount: String?
    public var eventSourceToken: String?
    public var functionURLAuthType: String?
    public var invokedViaFunctionURL: Bool?
    public var organizationID: String?

    public init() {}

    /// - Throws: `APIError` ValidationException with all that is wrong.
    func validate() throws {
        var validation = Validation()
        validation.requirePresence("statementId", statementID != nil)
        validation.requirePresence("action", action != nil)
        validation.requirePresence("principal", principal != nil)
        validation.require("statementId", statementID, .statementID, length: 1...100)
        validation.require("action", action, .functionAction)
        validation.require("principal", principal, .functionPrincipal, length: 0...2048)
        validation.require("sourceArn", sourceARN, .arn)
        validation.require("sourceAccount", sourceAccount, .account, length: 0...12)
        validation.require("eventSourceToken", eventSourceToken, .eventSourceToken, length: 0...256)
        validation.requireMember("functionUrlAuthType", functionURLAuthType, of: ["NONE", "AWS_IAM"])
        validation.require("principalOrgID", organizationID, .organizationID, length: 12...34)
        try validation.finish()
    }

    /// - Throws: `APIError` InvalidParameterValueException for a principal that is none.
    func statement(on arn: FunctionARN) throws -> ResourcePolicy.Statement {
        ResourcePolicy.Statement(
            id: statementID ?? "", principal: try Self.principal(principal ?? ""), action: action ?? "", resource: arn.description,
            conditions: conditions)
    }

    private static func principal(_ text: String) throws -> ResourcePolicy.Principal {
        if text == "*" { return .anyone }
        if text.isAccountID { return .account("arn:aws:iam::\(text):root") }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        if fields[0] == "arn", fields.count >= 6, ["iam", "sts"].contains(fields[2]) { return .account(text) }
        if text.hasSuffix(".amazonaws.com") || text == "alexa-appkit.amazon.com" { return .service(text) }
        throw APIError.invalidParameter("The provided principal was invalid. Please check the principal and try again.")
    }

    private var conditions: [ResourcePolicy.Condition] {
        let tests: [(String, String, String?)] = [
            ("StringEquals", "AWS:SourceAccount", sourceAccount), ("StringEquals", "lambda:EventSourceToken", eventSourceToken),
            ("StringEquals", "lambda:FunctionUrlAuthType", functionURLAuthType),
            ("StringEquals", ResourcePolicy.organizationKey, organizationID), ("ArnLike", "AWS:SourceArn", sourceARN),
            ("Bool", "lambda:InvokedViaFunctionUrl", invokedViaFunctionURL.map { $0 ? "true" : "false" }),
        ]
        return tests.compactMap { test, key, value in value.map { ResourcePolicy.Condition(test: test, key: key, value: $0) } }
    }
}

extension Registry {
    /// Adds a grant to the policy of a function, a version or an alias.
    public func addPermission(
        _ nameOrARN: String, qualifier: String?, _ grant: FunctionGrant, revisionID: String?, by caller: Caller
    ) async throws -> ResourcePolicy.Statement {
        try grant.validate()
        let arn = try resolve(nameOrARN, qualifier: qualifier, "lambda:AddPermission", caller)
        guard arn.qualifier != "$LATEST" else {
            throw APIError.invalidParameter("We currently do not support adding policies for $LATEST.")
        }
        let statement = try grant.statement(on: arn)
        try await changeStatements(on: arn, revisionID, missing: Self.notFound(arn.unqualified)) { policy in try policy.add(statement) }
        return statement
    }

    /// Takes a grant away.
    public func removePermission(
        _ nameOrARN: String, qualifier: String?, _ statementID: String, revisionID: String?, by caller: Caller
    ) async throws {
        var validation = Validation()
        validation.require("statementId", statementID, .functionStatementID, length: 1...100)
        try validation.finish()
        let arn = try resolve(nameOrARN, qualifier: qualifier, "lambda:RemovePermission", caller)
        let missing = APIError.resourceNotFound("No policy found for: \(arn.unqualified)")
        try await changeStatements(on: arn, revisionID, missing: missing) { policy in
            guard !policy.statements.isEmpty else { throw APIError.noPolicy }
            try policy.remove(statementID)
        }
    }

    /// The policy of a function, a version or an alias.
    public func policy(_ nameOrARN: String, qualifier: String?, for caller: Caller) throws -> ResourcePolicy {
        let arn = try resolve(nameOrARN, qualifier: qualifier, "lambda:GetPolicy", caller)
        return try catalog.read { catalog in
            guard let record = try catalog.functionRecord(arn.scope, arn.name) else { throw Self.notFound(arn.unqualified) }
            let statements = record.attributes.statements(on: arn.qualifier)
            guard !statements.isEmpty else { throw APIError.resourceNotFound("The resource you requested does not exist.") }
            return ResourcePolicy(revisionID: try Self.target(arn, catalog).revision, statements: statements)
        }
    }

    /// Whether a policy lets another account act on a function by this name.
    static func allows(_ action: String, on arn: FunctionARN, by caller: Caller, _ catalog: CatalogTransaction) throws -> Bool {
        let statements = try catalog.functionRecord(arn.scope, arn.name)?.attributes.statements(on: arn.qualifier) ?? []
        return ResourcePolicy(revisionID: "", statements: statements)
            .allows(action, account: caller.scope.account, caller: caller.arn, organization: caller.organization)
    }

    /// Whether the functions of an account may invoke a function: their own account's, and another's that its policy opens to them.
    static func allowsInvocation(_ arn: FunctionARN, from account: String, _ catalog: CatalogTransaction) throws -> Bool {
        guard arn.scope.account != account else { return true }
        let caller = Caller(
            scope: Scope(account: account, region: arn.scope.region), organization: try catalog.account(account)?.organization,
            arn: "arn:aws:iam::\(account):root")
        return try allows(invocation, on: arn, by: caller, catalog)
    }

    private func changeStatements(
        on arn: FunctionARN, _ revisionID: String?, missing: APIError, _ change: @escaping @Sendable (inout ResourcePolicy) throws -> Void
    ) async throws {
        try await catalog.write { catalog in
            guard var record = try catalog.functionRecord(arn.scope, arn.name) else { throw missing }
            let target = try Self.target(arn, catalog)
            var policy = ResourcePolicy(revisionID: target.revision, statements: record.attributes.statements(on: arn.qualifier))
            try change(&policy)
            try Self.requireRevision(revisionID, target.revision)
            record.attributes.setStatements(policy.statements, on: arn.qualifier)
            try catalog.update(record, arn.scope, arn.name)
            try target.renew(catalog)
        }
    }

    /// What a policy is on: its revision is the policy's too.
    private enum Target {
        case function(LambdaFunction)
        case alias(FunctionAlias, FunctionARN)

        var revision: String {
            switch self {
            case .function(let function): function.revisionID
            case .alias(let alias, _): alias.revisionID
            }
        }

        /// Gives it a new revision.
        func renew(_ catalog: CatalogTransaction) throws {
            switch self {
            case .function(var function):
                function.revisionID = Registry.newRevision()
                try catalog.put(function)
            case .alias(var alias, let arn):
                alias.revisionID = Registry.newRevision()
                try catalog.put(alias, arn.scope, arn.name)
            }
        }
    }

    private static func target(_ arn: FunctionARN, _ catalog: CatalogTransaction) throws -> Target {
        if let name = arn.qualifier, !name.isVersionNumber, name != "$LATEST" {
            return .alias(try requireAlias(name, arn.unqualified, catalog), arn)
        }
        return .function(try find(arn, catalog).function)
    }
}
