import AWSWire
import Foundation
import LambdaModel
import Storage

extension IdentityService {
    /// Performs an operation on a role's inline and attached policies. Gives the elements of its result, or nil where it has none.
    func performOnPolicies(_ request: RoleRequest) async throws -> [String]? {
        switch request.operation {
        case .putRolePolicy:
            let name = try request.name("PolicyName", limit: 128)
            let document = try request.document("PolicyDocument", "Syntax errors in policy.")
            try await change(request) { role in
                role.inlinePolicies[name] = document
                guard role.inlinePolicies.values.reduce(0, { $0 + Self.size($1) }) <= 10_240 else {
                    throw Self.limit("Maximum policy size of 10240 bytes exceeded for role \(role.name)")
                }
            }
        case .getRolePolicy:
            let role = try role(request), name = try request.name("PolicyName", limit: 128)
            guard let document = role.inlinePolicies[name] else { throw Self.noPolicy(name) }
            return [
                XMLText.element("RoleName", role.name), XMLText.element("PolicyName", name),
                XMLText.element("PolicyDocument", PercentEncoding.encode(document)),
            ]
        case .deleteRolePolicy:
            let name = try request.name("PolicyName", limit: 128)
            try await change(request) { role in
                guard role.inlinePolicies.removeValue(forKey: name) != nil else { throw Self.noPolicy(name) }
            }
        case .listRolePolicies:
            let names = try role(request).inlinePolicies.keys.sorted().map { XMLText.element("member", $0) }
            return try page(names, "PolicyNames", request)
        case .attachRolePolicy:
            let arn = try request.policyARN
            try await change(request) { role in
                guard !role.attachedPolicies.contains(arn) else { return }
                guard role.attachedPolicies.count < 10 else { throw Self.limit("Cannot exceed quota for PoliciesPerRole: 10") }
                role.attachedPolicies.append(arn)
            }
        case .detachRolePolicy:
            let arn = try request.policyARN
            try await change(request) { role in
                guard let index = role.attachedPolicies.firstIndex(of: arn) else {
                    throw APIError("NoSuchEntity", status: 404, "Policy \(arn) was not found.", hasType: false)
                }
                role.attachedPolicies.remove(at: index)
            }
        case .listAttachedRolePolicies:
            let policies = try role(request).attachedPolicies.map { arn in
                XMLText.element(
                    "member",
                    [
                        XMLText.element("PolicyName", String(arn.split(separator: "/").last ?? "")), XMLText.element("PolicyArn", arn),
                    ])
            }
            return try page(policies, "AttachedPolicies", request)
        default: break
        }
        return nil
    }

    private static func noPolicy(_ name: String) -> APIError {
        APIError("NoSuchEntity", status: 404, "The role policy with name \(name) cannot be found.", hasType: false)
    }
}
