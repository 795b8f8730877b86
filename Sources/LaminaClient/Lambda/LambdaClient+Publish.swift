import Checksum
import Foundation
import HTTPTransfer
import LaminaErrors
import SystemPackage

extension LambdaClient {
    /// Makes a new version of a layer from a zip that travels in the request (PublishLayerVersion).
    ///
    /// - Throws: ``LaminaError`` `limitExceeded` when the service finds it too large.
    public func publish(
        _ upload: LayerUpload, as layer: LayerReference, _ metadata: LayerMetadata, progress: TransferProgress? = nil
    ) async throws -> LayerVersionDetail {
        try await withTemporaryFile("publish") { file in
            let digest = try upload.writeRequestBody(metadata, to: file)
            return try await publish(.file(file, digest), as: layer, progress)
        }
    }

    /// Makes a new version of a layer from an object in a bucket (PublishLayerVersion).
    public func publish(_ object: S3Object, as layer: LayerReference, _ metadata: LayerMetadata) async throws -> LayerVersionDetail {
        let body = try JSONEncoder().encode(ObjectPublication(content: object, metadata: metadata))
        return try await publish(.bytes(Array(body)), as: layer, nil)
    }

    private func publish(
        _ body: ServiceRequest.Body, as layer: LayerReference, _ progress: TransferProgress?
    ) async throws -> LayerVersionDetail {
        // Sent twice it could make two versions.
        let request = ServiceRequest(
            purpose: "publish \(layer)", method: "POST", path: path(layer), headers: ["content-type": "application/json"], body: body,
            isIdempotent: false, idleTimeout: 300)
        return try await explaining(layer, version: nil, action: "lambda:PublishLayerVersion") {
            try decode(LayerVersionDetail.self, from: try await send(request, progress: progress), of: request)
        }
    }
}

/// PublishLayerVersion's body for an object in S3.
private struct ObjectPublication: Encodable {
    var content: S3Object
    var metadata: LayerMetadata

    func encode(to encoder: any Encoder) throws {
        try metadata.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        var nested = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .content)
        try nested.encode(content.bucket, forKey: .bucket)
        try nested.encode(content.key, forKey: .key)
    }

    private enum CodingKeys: String, CodingKey {
        case content = "Content"
        case bucket = "S3Bucket"
        case key = "S3Key"
    }
}
