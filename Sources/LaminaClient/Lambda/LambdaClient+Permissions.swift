import AWSWire
import Foundation
import LaminaErrors

extension LambdaClient {
    /// A layer version's policy; nil where it has none (GetLayerVersionPolicy).
    public func policy(of reference: LayerVersionReference) async throws -> LayerPolicy? {
        let request = ServiceRequest(
            purpose: "read the policy of \(reference)", method: "GET", path: "\(path(reference))/policy", isIdempotent: true)
        do {
            return try await explaining(reference.layer, version: nil, action: "lambda:GetLayerVersionPolicy") {
                let output = try decode(PolicyOutput.self, from: try await send(request), of: request)
                return try LayerPolicy(output.policy)
            }
        } catch let error as LaminaError where error.serviceError?.name == "ResourceNotFoundException" {
            return nil
        }
    }

    /// Lets someone read a layer version, by a statement with the grantee's own id (AddLayerVersionPermission).
    ///
    /// - Throws: ``LaminaError`` `alreadyExists` when the version's policy has a statement of that id.
    public func grant(_ reference: LayerVersionReference, to grantee: LayerGrantee) async throws {
        let input = PermissionInput(
            statementID: grantee.statementID, principal: grantee.principal, organizationID: grantee.organization)
        let request = ServiceRequest(
            purpose: "grant \(reference) to \(grantee)", method: "POST", path: "\(path(reference))/policy",
            headers: ["content-type": "application/json"], body: .bytes(Array(try JSONEncoder().encode(input))), isIdempotent: false)
        try await explaining(reference.layer, version: reference.version, action: "lambda:AddLayerVersionPermission") {
            _ = try await send(request)
        }
    }

    /// Removes one statement of a layer version's policy (RemoveLayerVersionPermission).
    ///
    /// - Throws: ``LaminaError`` `notFound` when there is none of that id.
    public func revoke(_ statement: String, of reference: LayerVersionReference) async throws {
        let request = ServiceRequest(
            purpose: "remove the statement \(statement) of \(reference)", method: "DELETE",
            path: "\(path(reference))/policy/\(PercentEncoding.encode(statement))", isIdempotent: false)
        try await explaining(reference.layer, version: nil, action: "lambda:RemoveLayerVersionPermission") {
            _ = try await send(request)
        }
    }
}

private struct PolicyOutput: Decodable {
    var policy: String

    enum CodingKeys: String, CodingKey { case policy = "Policy" }
}

private struct PermissionInput: Encodable {
    var statementID: String
    var action = "lambda:GetLayerVersion"
    var principal: String
    var organizationID: String?

    enum CodingKeys: String, CodingKey {
        case statementID = "StatementId"
        case action = "Action"
        case principal = "Principal"
        case organizationID = "OrganizationId"
    }
}
