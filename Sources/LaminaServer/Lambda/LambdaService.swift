import AWSWire
import Checksum
import Execution
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Registry

/// The Lambda API: REST-JSON.
struct LambdaService: Sendable {
    let registry: Registry
    let executor: FunctionExecutor
    let events: EventQueue
    let locations: ContentLocations

    func respond(to request: SignedRequest, requestID: String) async throws -> Response {
        let route = LambdaRoute(request.head.method, request.pathParts, isLayerByARN: request.query["find"] == "LayerVersion")
        guard let route else {
            throw APIError(
                "UnknownOperationException", status: 404, "\(request.head.method) \(request.head.path) is no operation of this server",
                hasType: false)
        }
        try request.caller.require(route.operation.action)
        let (name, item) = (route.name, route.item)
        switch route.operation {
        case .publishLayerVersion: return try await publishLayerVersion(request, name)
        case .getLayerVersion: return try getLayerVersion(request, name, item)
        case .getLayerVersionByArn: return try getLayerVersionByARN(request)
        case .listLayers: return try listLayers(request)
        case .listLayerVersions: return try listLayerVersions(request, name)
        case .deleteLayerVersion: return try await deleteLayerVersion(request, name, item)
        case .addLayerVersionPermission: return try await addLayerVersionPermission(request, name, item)
        case .getLayerVersionPolicy: return try getLayerVersionPolicy(request, name, item)
        case .removeLayerVersionPermission: return try await removeLayerVersionPermission(request, name, item, route.statement)
        case .createFunction: return try await createFunction(request)
        case .getFunction: return try getFunction(request, name)
        case .getFunctionConfiguration: return try getFunctionConfiguration(request, name)
        case .listFunctions: return try listFunctions(request)
        case .deleteFunction: return try await deleteFunction(request, name)
        case .updateFunctionCode: return try await updateFunctionCode(request, name)
        case .updateFunctionConfiguration: return try await updateFunctionConfiguration(request, name)
        case .publishVersion: return try await publishVersion(request, name)
        case .listVersionsByFunction: return try listVersions(request, name)
        case .invoke: return try await invoke(request, name, requestID)
        case .invokeAsync: return try await invokeAsync(request, name, requestID)
        case .invokeWithResponseStream: return try await invokeWithResponseStream(request, name, requestID)
        case .createAlias: return try await createAlias(request, name)
        case .getAlias: return json(output(try registry.alias(name, item, for: request.caller), name, request))
        case .listAliases: return try listAliases(request, name)
        case .updateAlias: return try await updateAlias(request, name, item)
        case .deleteAlias:
            try await registry.deleteAlias(name, item, by: request.caller)
            return Response(status: .noContent)
        case .tagResource: return try await tagResource(request, name)
        case .untagResource: return try await untagResource(request, name)
        case .listTags: return json(["Tags": .map(try registry.tags(of: name, for: request.caller))])
        case .addPermission: return try await addPermission(request, name)
        case .getPolicy: return try getPolicy(request, name)
        case .removePermission: return try await removePermission(request, name, item)
        case .putFunctionConcurrency: return try await putConcurrency(request, name)
        case .getFunctionConcurrency: return try getConcurrency(request, name)
        case .deleteFunctionConcurrency:
            try await registry.reserveConcurrency(nil, for: name, by: request.caller)
            return Response(status: .noContent)
        case .putFunctionEventInvokeConfig: return try await setEventInvoke(request, name, replaces: true)
        case .updateFunctionEventInvokeConfig: return try await setEventInvoke(request, name, replaces: false)
        case .getFunctionEventInvokeConfig: return try getEventInvoke(request, name)
        case .deleteFunctionEventInvokeConfig:
            try await registry.deleteEventInvoke(name, qualifier: request.query["Qualifier"], by: request.caller)
            return Response(status: .noContent)
        case .listFunctionEventInvokeConfigs: return try listEventInvokes(request, name)
        case .getAccountSettings: return try getAccountSettings(request)
        case .getFunctionCodeSigningConfig, .getRuntimeManagementConfig, .getFunctionRecursionConfig, .listProvisionedConcurrencyConfigs,
            .getFunctionUrlConfig, .listFunctionUrlConfigs, .listEventSourceMappings:
            return try unset(route.operation, name, request)
        }
    }

    /// A JSON answer.
    func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// A request's JSON, of at most a megabyte.
    func input(_ request: SignedRequest) async throws -> JSONInput { try JSONInput(try await request.body.collect(limit: 1 << 20)) }

    /// An integer of the query; an empty text counts as left out.
    func integer(_ request: SignedRequest, _ name: String) throws -> Int? {
        guard let text = request.query[name], !text.isEmpty else { return nil }
        guard let value = Int(decimal: text) else { throw APIError.serialization("'\(text)' can not be converted to Integer") }
        return value
    }

    /// Which page of a list a request asks for; an empty marker counts as left out.
    ///
    /// - Throws: `APIError` InvalidParameterValueException for a marker that is not the operation's.
    func page(_ request: SignedRequest, _ operation: LambdaOperation) throws -> PageRequest {
        var page = PageRequest(maxItems: try integer(request, "MaxItems"))
        if let text = request.query["Marker"], !text.isEmpty {
            page.marker = Marker.decode(text, of: operation.name)
            guard page.marker != nil else { throw APIError.invalidParameter("Invalid pagination key.") }
        }
        return page
    }

    /// What a client hands back for the next page.
    func marker(_ position: String?, _ operation: LambdaOperation) -> JSONValue? {
        position.map { .string(Marker.encode($0, of: operation.name)) }
    }
}

extension SignedRequest {
    /// Of a request that is to change a resource only as it was read; an empty text counts as left out.
    var revisionID: String? { query["RevisionId"].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Int {
    /// A whole number as Java reads it from a text: without a plus.
    init?(decimal text: String) {
        guard text.first != "+" else { return nil }
        self.init(text)
    }
}
