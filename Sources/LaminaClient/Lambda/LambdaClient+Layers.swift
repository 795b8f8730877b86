import Foundation

extension LambdaClient {
    /// Every layer of the account in the region, with its newest version (ListLayers, all pages).
    ///
    /// - Parameters:
    ///   - runtime: Only versions that name this compatible runtime.
    ///   - architecture: Only versions that name this compatible architecture.
    public func layers(runtime: String? = nil, architecture: String? = nil) async throws -> [LayerItem] {
        try await all(
            LayersPage.self,
            ServiceRequest(
                purpose: "list layers", method: "GET", path: "/2018-10-31/layers", query: filter(runtime, architecture),
                isIdempotent: true))
    }

    /// A layer's versions, newest first; none for a layer that does not exist (ListLayerVersions, all pages).
    public func versions(
        of layer: LayerReference, runtime: String? = nil, architecture: String? = nil
    ) async throws -> [LayerVersionItem] {
        try await explaining(layer, version: nil, action: "lambda:ListLayerVersions") {
            try await all(
                LayerVersionsPage.self,
                ServiceRequest(
                    purpose: "list the versions of \(layer)", method: "GET", path: path(layer), query: filter(runtime, architecture),
                    isIdempotent: true))
        }
    }

    /// A layer version and where its zip is (GetLayerVersion).
    public func version(_ reference: LayerVersionReference) async throws -> LayerVersionDetail {
        let request = ServiceRequest(purpose: "read \(reference)", method: "GET", path: path(reference), isIdempotent: true)
        return try await explaining(reference.layer, version: reference.version, action: "lambda:GetLayerVersion") {
            try decode(LayerVersionDetail.self, from: try await send(request), of: request)
        }
    }

    /// Takes a layer version off the shelf; functions that have it keep it (DeleteLayerVersion). No error where there is none.
    public func deleteVersion(_ reference: LayerVersionReference) async throws {
        let request = ServiceRequest(purpose: "delete \(reference)", method: "DELETE", path: path(reference), isIdempotent: true)
        try await explaining(reference.layer, version: reference.version, action: "lambda:DeleteLayerVersion") {
            _ = try await send(request)
        }
    }

    func path(_ layer: LayerReference) -> String { "/2018-10-31/layers/\(layer.pathSegment)/versions" }

    func path(_ reference: LayerVersionReference) -> String { "\(path(reference.layer))/\(reference.version)" }

    private func filter(_ runtime: String?, _ architecture: String?) -> [(name: String, value: String)] {
        [("CompatibleRuntime", runtime), ("CompatibleArchitecture", architecture)].compactMap { name, value in value.map { (name, $0) } }
    }
}

private struct LayersPage: ListPage {
    var items: [LayerItem]
    var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case items = "Layers"
        case nextMarker = "NextMarker"
    }
}

private struct LayerVersionsPage: ListPage {
    var items: [LayerVersionItem]
    var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case items = "LayerVersions"
        case nextMarker = "NextMarker"
    }
}
