import Foundation
import LambdaModel
import Storage

/// What AddLayerVersionPermission takes.
public struct LayerGrant: Sendable {
    public var statementID: String?
    public var action: String?
    /// A 12-digit account, `*`, or the ARN of an account's root.
    public var principal: String?
    public var organizationID: String?

    public init(statementID: String?, action: String?, principal: String?, organizationID: String?) {
        self.statementID = statementID
        self.action = action
        self.principal = principal
        self.organizationID = organizationID
    }

    /// Notes every member that breaks a constraint.
    public func validate(_ validation: inout Validation) {
        validation.requirePresence("statementId", statementID != nil)
        validation.requirePresence("action", action != nil)
        validation.requirePresence("principal", principal != nil)
        validation.require("statementId", statementID, .statementID, length: 1...100)
        validation.require("action", action, .layerAction, length: 0...22)
        validation.require("principal", principal, .layerPrincipal)
        validation.require("organizationId", organizationID, .organizationID, length: 0...34)
    }

    func statement(on arn: LayerVersionARN) -> ResourcePolicy.Statement {
        // An account's number, or the ARN of its root.
        let account = principal.flatMap { $0.isAccountID ? $0 : $0.split(separator: ":").first(where: \.isAccountID).map(String.init) }
        return ResourcePolicy.Statement(
            id: statementID ?? "", principal: account.map { .account("arn:aws:iam::\($0):root") } ?? .anyone,
            action: "lambda:GetLayerVersion", resource: arn.description,
            conditions: organizationID.map { [.init(test: "StringEquals", key: ResourcePolicy.organizationKey, value: $0)] } ?? [])
    }
}

extension Registry {
    /// Adds a grant to a version's policy; gives it and the new revision.
    public func grant(
        _ grant: LayerGrant, on arn: LayerVersionARN, revisionID: String?, by caller: Caller
    ) async throws -> (statement: ResourcePolicy.Statement, revisionID: String) {
        if grant.organizationID != nil, grant.principal != "*" {
            throw APIError.invalidParameter("OrganizationId is only allowed when Principal is *.")
        }
        let statement = grant.statement(on: arn)
        let policy = try await changePolicy(of: arn, revisionID, "lambda:AddLayerVersionPermission", caller) { policy in
            var policy = policy ?? ResourcePolicy(revisionID: "", statements: [])
            try policy.add(statement)
            return policy
        }
        return (statement, policy?.revisionID ?? "")
    }

    /// Takes a grant away. Functions that have the version keep it.
    public func revoke(_ statementID: String, on arn: LayerVersionARN, revisionID: String?, by caller: Caller) async throws {
        _ = try await changePolicy(of: arn, revisionID, "lambda:RemoveLayerVersionPermission", caller) { policy in
            guard var policy else { throw APIError.noPolicy }
            try policy.remove(statementID)
            return policy
        }
    }

    /// A version's policy.
    public func policy(of arn: LayerVersionARN, for caller: Caller) throws -> ResourcePolicy {
        try catalog.read { catalog in
            try Self.requireOwnVersion(arn, "lambda:GetLayerVersionPolicy", caller, catalog)
            guard let policy = try catalog.policy(of: arn) else { throw APIError.noPolicy }
            return policy
        }
    }

    private func changePolicy(
        of arn: LayerVersionARN, _ revisionID: String?, _ action: String, _ caller: Caller,
        _ change: @escaping @Sendable (ResourcePolicy?) throws -> ResourcePolicy
    ) async throws -> ResourcePolicy? {
        try await catalog.write { catalog in
            try Self.requireOwnVersion(arn, action, caller, catalog)
            let current = try catalog.policy(of: arn)
            if let revisionID, revisionID != current?.revisionID {
                throw APIError.preconditionFailed(
                    "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id"
                )
            }
            var policy = try change(current)
            policy.revisionID = Self.newRevision()
            let kept = policy.statements.isEmpty ? nil : policy
            try catalog.setPolicy(kept, of: arn)
            return kept
        }
    }

    private static func requireOwnVersion(
        _ arn: LayerVersionARN, _ action: String, _ caller: Caller, _ catalog: CatalogTransaction
    ) throws {
        try requireNumber(arn)
        try requireOwned(arn.layer, arn, action, caller)
        guard try catalog.layerVersion(arn) != nil else { throw APIError.resourceNotFound("Layer version \(arn) does not exist.") }
    }
}
