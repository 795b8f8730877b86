import AWSWire
import Foundation
import LambdaModel
import Storage

extension Role {
    /// Which answer shows the role: each leaves other members out.
    enum Occasion {
        case created, got, listed
    }

    func xml(_ occasion: Occasion) -> String {
        var elements = [
            XMLText.element("Path", path), XMLText.element("RoleName", name), XMLText.element("RoleId", id), XMLText.element("Arn", arn),
            XMLText.element("CreateDate", CivilTime(secondsSince1970: Int(created.timeIntervalSince1970)).text + "Z"),
            XMLText.element("AssumeRolePolicyDocument", PercentEncoding.encode(trustPolicy)),
        ]
        if occasion != .created {
            elements += (description.map { [XMLText.element("Description", $0)] } ?? [])
            elements.append(XMLText.element("MaxSessionDuration", String(maximumSessionDuration)))
        }
        guard occasion != .listed else { return XMLText.element("member", elements) }
        if let permissionsBoundary {
            elements.append(
                XMLText.element(
                    "PermissionsBoundary",
                    [
                        XMLText.element("PermissionsBoundaryType", "Policy"),
                        XMLText.element("PermissionsBoundaryArn", permissionsBoundary),
                    ]))
        }
        if !tags.isEmpty {
            let members = tags.sorted { $0.key < $1.key }.map {
                XMLText.element("member", [XMLText.element("Key", $0.key), XMLText.element("Value", $0.value)])
            }
            elements.append(XMLText.element("Tags", members))
        }
        if occasion == .got { elements.append(XMLText.element("RoleLastUsed", [])) }
        return XMLText.element("Role", elements)
    }
}
