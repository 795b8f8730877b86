import AWSWire
import Checksum
import Foundation
import Hummingbird
import LambdaModel
import Registry
import Storage

extension LambdaService {
    func publishLayerVersion(_ request: SignedRequest, _ name: String) async throws -> Response {
        let upload = try await receiveZip(request, path: ["Content", "ZipFile"], operation: .publishLayerVersion)
        let input = try JSONInput(upload.json)
        let content = try input.object("Content")
        let location = try CodeLocation(content)
        var publication = LayerPublication(
            description: try input.string("Description"), licenseInfo: try input.string("LicenseInfo"),
            compatibleRuntimes: try input.strings("CompatibleRuntimes"),
            compatibleArchitectures: try input.strings("CompatibleArchitectures"))
        let layer = try layer(name, request, .publishLayerVersion) { validation in
            validation.requirePresence("content", content != nil)
            location.validate(&validation, in: "content.")
            publication.validate(&validation)
        }
        let code = try registry.locate(upload.blob, location, for: .layer, request.pins, by: request.caller)
        publication.source = code.source
        let version = try await registry.publish(layer, publication, blob: code.blob, by: request.caller)
        return json(try output(version, request, isPublication: true), status: .created)
    }

    func getLayerVersion(_ request: SignedRequest, _ name: String, _ number: String) throws -> Response {
        let arn = try arn(name, number, request, .getLayerVersion)
        return json(try output(try registry.layerVersion(arn, for: request.caller), request, isPublication: false))
    }

    func getLayerVersionByARN(_ request: SignedRequest) throws -> Response {
        let text = request.query["Arn"] ?? ""
        var validation = Validation()
        validation.requirePresence("arn", !text.isEmpty)
        if !text.isEmpty { validation.require("arn", text, .layerVersionARN, length: 1...2048) }
        try validation.finish()
        guard let arn = LayerVersionARN(text) else { throw request.caller.denied(LambdaOperation.getLayerVersion.action, on: text) }
        return json(try output(try registry.layerVersion(arn, for: request.caller), request, isPublication: false))
    }

    func listLayers(_ request: SignedRequest) throws -> Response {
        let filter = try filter(request, .listLayers)
        var validation = Validation()
        filter.validate(&validation)
        try validation.finish()
        let page = try registry.layers(in: request.caller.scope, filter)
        let layers = page.elements.map { version -> JSONValue in
            [
                "LayerName": .string(version.arn.layer.name), "LayerArn": .string(version.arn.layer.description),
                "LatestMatchingVersion": version.listItem,
            ]
        }
        return json(["NextMarker": marker(page.nextMarker, .listLayers), "Layers": .array(layers)])
    }

    func listLayerVersions(_ request: SignedRequest, _ name: String) throws -> Response {
        let filter = try filter(request, .listLayerVersions)
        let layer = try layer(name, request, .listLayerVersions) { filter.validate(&$0) }
        let page = try registry.layerVersions(layer, filter, for: request.caller)
        return json(["NextMarker": marker(page.nextMarker, .listLayerVersions), "LayerVersions": .array(page.elements.map(\.listItem))])
    }

    func deleteLayerVersion(_ request: SignedRequest, _ name: String, _ number: String) async throws -> Response {
        try await registry.deleteLayerVersion(try arn(name, number, request, .deleteLayerVersion), by: request.caller)
        return Response(status: .noContent)
    }

    // MARK: Policies

    func addLayerVersionPermission(_ request: SignedRequest, _ name: String, _ number: String) async throws -> Response {
        let input = try await input(request)
        let grant = LayerGrant(
            statementID: try input.string("StatementId"), action: try input.string("Action"), principal: try input.string("Principal"),
            organizationID: try input.string("OrganizationId"))
        let arn = try arn(name, number, request, .addLayerVersionPermission) { grant.validate(&$0) }
        let granted = try await registry.grant(grant, on: arn, revisionID: request.revisionID, by: request.caller)
        return json(
            ["Statement": .string(granted.statement.document.text), "RevisionId": .string(granted.revisionID)], status: .created)
    }

    func getLayerVersionPolicy(_ request: SignedRequest, _ name: String, _ number: String) throws -> Response {
        let policy = try registry.policy(of: try arn(name, number, request, .getLayerVersionPolicy), for: request.caller)
        return json(["Policy": .string(policy.document.text), "RevisionId": .string(policy.revisionID)])
    }

    func removeLayerVersionPermission(
        _ request: SignedRequest, _ name: String, _ number: String, _ statement: String
    ) async throws -> Response {
        let arn = try arn(name, number, request, .removeLayerVersionPermission) {
            $0.require("statementId", statement, .statementID, length: 1...100)
        }
        try await registry.revoke(statement, on: arn, revisionID: request.revisionID, by: request.caller)
        return Response(status: .noContent)
    }

    // MARK: What paths and queries name

    private func arn(
        _ name: String, _ number: String, _ request: SignedRequest, _ operation: LambdaOperation,
        _ validate: (inout Validation) -> Void = { _ in }
    ) throws -> LayerVersionARN {
        guard let version = Int(decimal: number) else { throw APIError.serialization("'\(number)' can not be converted to Long") }
        return LayerVersionARN(layer: try layer(name, request, operation, validate), version: version)
    }

    /// The layer that a path names.
    ///
    /// - Parameter validate: Notes what else is wrong with the request, since AWS tells all of it at once.
    private func layer(
        _ name: String, _ request: SignedRequest, _ operation: LambdaOperation, _ validate: (inout Validation) -> Void
    ) throws -> LayerARN {
        let layer = LayerARN(nameOrARN: name, scope: request.caller.scope)
        var validation = Validation()
        if layer == nil { validation.require("layerName", name, .layerName) }
        validate(&validation)
        try validation.finish()
        // A layer of another partition.
        guard let layer else { throw request.caller.denied(operation.action, on: name) }
        return layer
    }

    private func filter(_ request: SignedRequest, _ operation: LambdaOperation) throws -> LayerFilter {
        LayerFilter(
            compatibleRuntime: request.query["CompatibleRuntime"], compatibleArchitecture: request.query["CompatibleArchitecture"],
            page: try page(request, operation))
    }

    /// The answer of PublishLayerVersion and GetLayerVersion.
    private func output(_ version: LayerVersion, _ request: SignedRequest, isPublication: Bool) throws -> JSONValue {
        let layer = version.arn.layer
        let location = try locations.url(
            .layers, region: layer.scope.region, account: layer.scope.account, name: layer.name, sha256: version.sha256,
            endpoint: request.endpoint)
        return [
            "Content": [
                "Location": .string(location), "CodeSha256": .string(version.sha256.base64Digest), "CodeSize": .integer(version.codeSize),
                "ResolvedS3Object": version.source?.document,
            ],
            "LayerArn": .string(layer.description),
            "LayerVersionArn": .string(version.arn.description),
            // An unset description is empty in the answer to a publish, and left out elsewhere.
            "Description": (version.description ?? (isPublication ? "" : nil)).map(JSONValue.string),
            "CreatedDate": .string(AWSDate.format(version.created)),
            "Version": .integer(version.arn.version),
            "CompatibleRuntimes": version.compatibleRuntimes.map(JSONValue.strings),
            "CompatibleArchitectures": version.compatibleArchitectures.map(JSONValue.strings),
            "LicenseInfo": version.licenseInfo.map(JSONValue.string),
        ]
    }
}

extension LayerVersion {
    /// LayerVersionsListItem.
    fileprivate var listItem: JSONValue {
        [
            "LayerVersionArn": .string(arn.description), "Version": .integer(arn.version),
            "Description": description.map(JSONValue.string), "CreatedDate": .string(AWSDate.format(created)),
            "CompatibleRuntimes": compatibleRuntimes.map(JSONValue.strings),
            "CompatibleArchitectures": compatibleArchitectures.map(JSONValue.strings), "LicenseInfo": licenseInfo.map(JSONValue.string),
        ]
    }
}

extension ObjectReference {
    /// ResolvedS3Object.
    var document: JSONValue {
        ["S3Bucket": .string(bucket), "S3Key": .string(key), "S3ObjectVersion": version.map(JSONValue.string)]
    }
}
