import AWSWire
import Checksum
import Foundation
import LambdaModel
import Storage

extension IdentityService {
    /// Performs an operation on roles. Gives the elements of its result, or nil where it has none.
    func perform(_ request: RoleRequest) async throws -> [String]? {
        switch request.operation {
        case .createRole: return [try await createRole(request).xml(.created)]
        case .getRole: return [try role(request).xml(.got)]
        case .listRoles: return try listRoles(request)
        case .updateRole:
            let (duration, description) = (try request.sessionDuration, try request.description)
            try await change(request) { role in
                if let duration { role.maximumSessionDuration = duration }
                if let description { role.description = description }
            }
            return []
        case .updateRoleDescription:
            let description = try request.required("Description")
            try await change(request) { $0.description = description }
            return [try role(request).xml(.got)]
        case .updateAssumeRolePolicy:
            let document = try trustPolicy("PolicyDocument", request)
            try await change(request) { $0.trustPolicy = document }
        case .deleteRole: try await deleteRole(request)
        case .tagRole:
            let tags = try request.tags
            try await change(request) { role in
                role.tags.merge(tags) { $1 }
                guard role.tags.count <= Limits.tags else { throw Self.limit("Cannot exceed quota for TagsPerRole: \(Limits.tags)") }
            }
        case .untagRole:
            let keys = request.form.list("TagKeys")
            try await change(request) { role in for key in keys { role.tags[key] = nil } }
        case .listRoleTags:
            let tags = try role(request).tags.sorted { $0.key < $1.key }.map {
                XMLText.element("member", [XMLText.element("Key", $0.key), XMLText.element("Value", $0.value)])
            }
            return try page(tags, "Tags", request)
        case .putRolePolicy, .getRolePolicy, .deleteRolePolicy, .listRolePolicies, .attachRolePolicy, .detachRolePolicy,
            .listAttachedRolePolicies:
            return try await performOnPolicies(request)
        case .listInstanceProfilesForRole:
            _ = try role(request)
            return try page([], "InstanceProfiles", request)
        }
        return nil
    }

    private func createRole(_ request: RoleRequest) async throws -> Role {
        let name = try request.name("RoleName")
        var role = Role(
            name: name, path: try request.path, id: "AROA" + secureRandomText(17, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
            account: request.account, created: Date().inWholeMilliseconds,
            trustPolicy: try trustPolicy("AssumeRolePolicyDocument", request))
        role.description = try request.description
        role.maximumSessionDuration = try request.sessionDuration ?? role.maximumSessionDuration
        role.permissionsBoundary = request.form["PermissionsBoundary"]
        role.tags = try request.tags
        try await catalog.write { [role] catalog in
            guard try catalog.role(ignoringCase: name, role.account) == nil else {
                throw APIError("EntityAlreadyExists", status: 409, "Role with name \(name) already exists.", hasType: false)
            }
            try catalog.put(role)
        }
        return role
    }

    private func listRoles(_ request: RoleRequest) throws -> [String] {
        let limit = try request.maxItems, prefix = request.form["PathPrefix"] ?? "/"
        var roles = try catalog.read {
            try $0.roles(of: request.account, after: try request.marker ?? "", limit: limit + 1)
        }
        let isTruncated = roles.count > limit
        roles = Array(roles.prefix(limit))
        let next = isTruncated ? roles.last?.name : nil
        return Self.page(roles.filter { $0.path.hasPrefix(prefix) }.map { $0.xml(.listed) }, "Roles", next, request)
    }

    private func deleteRole(_ request: RoleRequest) async throws {
        let name = try request.name("RoleName")
        try await catalog.write { catalog in
            guard let role = try catalog.role(request.account, name) else { throw Self.noRole(name) }
            guard role.attachedPolicies.isEmpty, role.inlinePolicies.isEmpty else {
                throw APIError(
                    "DeleteConflict", status: 409,
                    "Cannot delete entity, must \(role.attachedPolicies.isEmpty ? "delete" : "detach all") policies first.", hasType: false)
            }
            try catalog.deleteRole(request.account, name)
        }
    }

    func role(_ request: RoleRequest) throws -> Role {
        let name = try request.name("RoleName")
        guard let role = try catalog.read({ try $0.role(request.account, name) }) else { throw Self.noRole(name) }
        return role
    }

    func change(_ request: RoleRequest, _ change: @escaping @Sendable (inout Role) throws -> Void) async throws {
        let name = try request.name("RoleName"), account = request.account
        try await catalog.write { catalog in
            guard var role = try catalog.role(account, name) else { throw Self.noRole(name) }
            try change(&role)
            try catalog.put(role)
        }
    }

    /// A page of a list that is kept whole; its marker is a position.
    func page(_ all: [String], _ name: String, _ request: RoleRequest) throws -> [String] {
        let start = min(all.count, max(0, Int(try request.marker ?? "") ?? 0))
        let end = min(all.count, start + (try request.maxItems))
        return Self.page(Array(all[start..<end]), name, end < all.count ? String(end) : nil, request)
    }

    private static func page(_ items: [String], _ name: String, _ marker: String?, _ request: RoleRequest) -> [String] {
        let next = marker.map { [XMLText.element("Marker", Marker.encode($0, of: request.operation.rawValue))] } ?? []
        return [XMLText.element(name, items), XMLText.element("IsTruncated", marker == nil ? "false" : "true")] + next
    }

    private func trustPolicy(_ member: String, _ request: RoleRequest) throws -> String {
        let document = try request.document(member, "This policy contains invalid Json")
        guard Self.size(document) <= 2048 else { throw Self.limit("Cannot exceed quota for ACLSizePerRole: 2048") }
        return document
    }

    /// Of a policy document, without its white space, which AWS does not count.
    static func size(_ document: String) -> Int { document.utf8.count { !" \t\n\r".utf8.contains($0) } }

    static func limit(_ message: String) -> APIError { APIError("LimitExceeded", status: 409, message, hasType: false) }

    private static func noRole(_ name: String) -> APIError {
        APIError("NoSuchEntity", status: 404, "The role with name \(name) cannot be found.", hasType: false)
    }
}
