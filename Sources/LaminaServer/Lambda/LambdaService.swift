import AWSWire
import Execution
import Foundation
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Registry

/// The Lambda API: REST-JSON, by method and path (botocore: `lambda/2015-03-31`).
struct LambdaService: Sendable {
    let registry: Registry
    let executor: FunctionExecutor
    let locations: ContentLocations

    func respond(to request: SignedRequest, requestID: String) async throws -> Response {
        let parts = request.pathParts
        switch (parts.first, parts.dropFirst().first) {
        case ("2018-10-31", "layers"): return try await layers(request, parts.dropFirst(2))
        case ("2015-03-31", "functions"): return try await functions(request, parts.dropFirst(2), requestID)
        default: throw Self.unknown(request)
        }
    }

    private func layers(_ request: SignedRequest, _ path: ArraySlice<String>) async throws -> Response {
        switch (request.head.method, Array(path), path.count) {
        case ("GET", _, 0):
            return try await request.query["find"] == "LayerVersion" ? getLayerVersionByARN(request) : listLayers(request)
        case ("POST", let path, 2) where path[1] == "versions": return try await publishLayerVersion(request, path[0])
        case ("GET", let path, 2) where path[1] == "versions": return try await listLayerVersions(request, path[0])
        case ("GET", let path, 3) where path[1] == "versions": return try await getLayerVersion(request, path[0], path[2])
        case ("DELETE", let path, 3) where path[1] == "versions": return try await deleteLayerVersion(request, path[0], path[2])
        default: throw Self.unknown(request)
        }
    }

    private func functions(_ request: SignedRequest, _ path: ArraySlice<String>, _ requestID: String) async throws -> Response {
        switch (request.head.method, Array(path), path.count) {
        case ("GET", _, 0): return try await listFunctions(request)
        case ("POST", _, 0): return try await createFunction(request)
        case ("GET", let path, 1): return try await getFunction(request, path[0])
        case ("DELETE", let path, 1): return try await deleteFunction(request, path[0])
        case ("GET", let path, 2) where path[1] == "configuration": return try await getFunctionConfiguration(request, path[0])
        case ("PUT", let path, 2) where path[1] == "configuration": return try await updateFunctionConfiguration(request, path[0])
        case ("PUT", let path, 2) where path[1] == "code": return try await updateFunctionCode(request, path[0])
        case ("POST", let path, 2) where path[1] == "invocations": return try await invoke(request, path[0], requestID)
        default: throw Self.unknown(request)
        }
    }

    private static func unknown(_ request: SignedRequest) -> APIError {
        APIError(
            "UnknownOperationException", status: 404, "\(request.head.method) \(request.head.path) is no operation of this server",
            hasType: false)
    }

    /// A JSON answer.
    func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
    }

    /// Decodes a request's JSON.
    ///
    /// - Throws: `APIError` SerializationException.
    func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
        } catch {
            throw APIError("SerializationException", status: 400, "Could not parse request body into json: \(error)", hasType: false)
        }
    }

    /// An integer of the query.
    func integer(_ request: SignedRequest, _ name: String) throws -> Int? {
        try request.query[name].map { text in
            guard let value = Int(text) else {
                throw APIError("SerializationException", status: 400, "\(name) is not a number: \(text)", hasType: false)
            }
            return value
        }
    }
}
