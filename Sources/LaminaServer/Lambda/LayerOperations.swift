import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Registry
import Storage

extension LambdaService {
    func publishLayerVersion(_ request: SignedRequest, _ name: String) async throws -> Response {
        let layer = try layer(name, request)
        let upload = try await receiveZip(request, path: ["Content", "ZipFile"], operation: "PublishLayerVersion")
        let input = try decode(PublishLayerVersionInput.self, from: upload.json)
        let publication = LayerPublication(
            description: input.description, licenseInfo: input.licenseInfo, compatibleRuntimes: input.compatibleRuntimes,
            compatibleArchitectures: input.compatibleArchitectures)
        try publication.validate()
        guard layer.scope == request.caller.scope else {
            throw APIError.accessDenied(
                "User: \(request.caller.arn) is not authorized to perform: lambda:PublishLayerVersion on resource: \(layer)")
        }
        let version = try await registry.publish(layer, publication, blob: try await blob(of: upload, input.content, by: request))
        return try json(output(version, request, isPublication: true), status: .created)
    }

    func getLayerVersion(_ request: SignedRequest, _ name: String, _ number: String) async throws -> Response {
        let arn = LayerVersionARN(layer: try layer(name, request), version: try version(number))
        return try json(output(try await registry.layerVersion(arn, for: request.caller), request, isPublication: false))
    }

    func getLayerVersionByARN(_ request: SignedRequest) async throws -> Response {
        let text = request.query["Arn"] ?? ""
        guard let arn = LayerVersionARN(text) else {
            throw APIError.validation("arn", value: text, "Member must satisfy regular expression pattern: \(LayerVersionARN.pattern)")
        }
        return try json(output(try await registry.layerVersion(arn, for: request.caller), request, isPublication: false))
    }

    func listLayers(_ request: SignedRequest) async throws -> Response {
        let page = try await registry.layers(in: request.caller.scope, try filter(request))
        return try json(
            ListLayersOutput(
                layers: page.elements.map { version in
                    ListLayersOutput.Layer(
                        layerName: version.arn.layer.name, layerArn: version.arn.layer.description,
                        latestMatchingVersion: LayerVersionItem(version))
                }, nextMarker: page.nextMarker))
    }

    func listLayerVersions(_ request: SignedRequest, _ name: String) async throws -> Response {
        let page = try await registry.layerVersions(try layer(name, request), try filter(request), for: request.caller)
        return try json(ListLayerVersionsOutput(layerVersions: page.elements.map(LayerVersionItem.init), nextMarker: page.nextMarker))
    }

    func deleteLayerVersion(_ request: SignedRequest, _ name: String, _ number: String) async throws -> Response {
        let arn = LayerVersionARN(layer: try layer(name, request), version: try version(number))
        guard arn.layer.scope.account == request.caller.scope.account else {
            throw APIError.accessDenied(
                "User: \(request.caller.arn) is not authorized to perform: lambda:DeleteLayerVersion on resource: \(arn)")
        }
        try await registry.deleteLayerVersion(arn)
        return Response(status: .noContent)
    }

    private func layer(_ name: String, _ request: SignedRequest) throws -> LayerARN {
        guard let layer = LayerARN(nameOrARN: name, scope: request.caller.scope) else {
            throw APIError.validation("layerName", value: name, "Member must satisfy regular expression pattern: \(LayerARN.namePattern)")
        }
        return layer
    }

    private func version(_ text: String) throws -> Int {
        guard let version = Int(text) else {
            throw APIError("SerializationException", status: 400, "the version is not a number: \(text)", hasType: false)
        }
        return version
    }

    private func filter(_ request: SignedRequest) throws -> LayerFilter {
        LayerFilter(
            compatibleRuntime: request.query["CompatibleRuntime"], compatibleArchitecture: request.query["CompatibleArchitecture"],
            marker: request.query["Marker"], maxItems: try integer(request, "MaxItems"))
    }

    private func output(_ version: LayerVersion, _ request: SignedRequest, isPublication: Bool) -> LayerVersionOutput {
        let layer = version.arn.layer
        let location = locations.url(
            .layers, region: layer.scope.region, account: layer.scope.account, name: layer.name, sha256: version.sha256,
            endpoint: request.endpoint)
        return LayerVersionOutput(version, location: location, isPublication: isPublication)
    }
}
