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
        guard let value = Int(text) else { throw APIError.serialization("'\(text)' can not be converted to Integer") }
        return value
    }

    /// Which page of a list a request asks for.
    func page(_ request: SignedRequest) throws -> PageRequest {
        PageRequest(marker: try request.query["Marker"].flatMap(Marker.decode), maxItems: try integer(request, "MaxItems"))
    }
}

/// The markers of lists, which clients are not to read anything into, and cannot make.
enum Marker {
    private static let key = Array("lamina list marker".utf8)

    static func encode(_ text: String?) -> JSONValue? { text.map { .string(encode($0)) } }

    static func encode(_ text: String) -> String { Data(code(text) + text.utf8).base64EncodedString() }

    /// Nil for an empty one.
    ///
    /// - Throws: `APIError` InvalidParameterValueException for one that is not of ours.
    static func decode(_ text: String) throws -> String? {
        guard !text.isEmpty else { return nil }
        guard let data = Data(base64Encoded: text), let marker = String(bytes: data.dropFirst(codeLength), encoding: .utf8),
            Array(data.prefix(codeLength)) == code(marker)
        else { throw APIError.invalidParameter("Invalid pagination key.") }
        return marker
    }

    private static let codeLength = 6

    private static func code(_ text: String) -> [UInt8] { Array(HMAC.sha256(key: key, text.utf8).prefix(codeLength)) }
}
