import AWSWire
import Foundation
import Hummingbird
import LambdaModel
import Registry

extension LambdaService {
    func publishVersion(_ request: SignedRequest, _ name: String) async throws -> Response {
        let input = try await input(request)
        let version = try await registry.publishVersion(
            name,
            PublicationRequest(
                description: try input.string("Description"), codeSHA256: try input.string("CodeSha256"),
                revisionID: try input.string("RevisionId")), by: request.caller)
        return json(FunctionConfiguration(version, qualifier: version.versionText, .settled).document, status: .created)
    }

    func listVersions(_ request: SignedRequest, _ name: String) throws -> Response {
        let page = try registry.versions(of: name, try page(request, .listVersionsByFunction), for: request.caller)
        let versions = page.elements.map { FunctionConfiguration($0, qualifier: $0.versionText, .listed).document }
        return json(["NextMarker": marker(page.nextMarker, .listVersionsByFunction), "Versions": .array(versions)])
    }

    // MARK: Aliases

    func createAlias(_ request: SignedRequest, _ name: String) async throws -> Response {
        let input = try await input(request)
        let alias = try await registry.createAlias(name, try AliasSettings(input), by: request.caller)
        return json(output(alias, name, request), status: .created)
    }

    func updateAlias(_ request: SignedRequest, _ name: String, _ alias: String) async throws -> Response {
        let input = try await input(request)
        var settings = try AliasSettings(input)
        settings.name = nil
        let updated = try await registry.updateAlias(
            name, alias, settings, revisionID: try input.string("RevisionId"), by: request.caller)
        return json(output(updated, name, request))
    }

    func listAliases(_ request: SignedRequest, _ name: String) throws -> Response {
        let page = try registry.aliases(
            of: name, version: request.query["FunctionVersion"], try page(request, .listAliases), for: request.caller)
        return json([
            "NextMarker": marker(page.nextMarker, .listAliases), "Aliases": .array(page.elements.map { output($0, name, request) }),
        ])
    }

    /// AliasConfiguration.
    func output(_ alias: FunctionAlias, _ function: String, _ request: SignedRequest) -> JSONValue {
        let arn = FunctionARN(nameOrARN: function, scope: request.caller.scope)
        return [
            "AliasArn": .string("\(arn?.unqualified.description ?? function):\(alias.name)"), "Name": .string(alias.name),
            "FunctionVersion": .string(alias.version), "Description": .string(alias.description),
            "RoutingConfig": alias.weights.map { weights in
                [
                    "AdditionalVersionWeights": .object(
                        weights.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .number($0.value)) })
                ]
            },
            "RevisionId": .string(alias.revisionID),
        ]
    }
}

extension AliasSettings {
    /// CreateAlias's and UpdateAlias's input.
    init(_ input: JSONInput) throws {
        let routing = try input.object("RoutingConfig")
        self.init(
            name: try input.string("Name"), version: try input.string("FunctionVersion"), description: try input.string("Description"),
            weights: try routing.map { try $0.numbers("AdditionalVersionWeights") ?? [:] })
    }
}
