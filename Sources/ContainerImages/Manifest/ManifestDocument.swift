import Foundation
import LaminaErrors

/// A manifest: of an image, or of the images for several platforms.
enum ManifestDocument: Sendable {
    case index([Descriptor])
    case image(config: Descriptor, layers: [Descriptor])

    /// Bytes that a manifest may have: what registries have to take (OCI distribution specification, "Pushing Manifests").
    static let sizeLimit = 4 << 20
    /// Layers that an image may have; container engines mount no more than 128.
    private static let layerLimit = 512

    private struct Fields: Decodable {
        var schemaVersion: Int?
        var manifests: [Descriptor]?
        var config: Descriptor?
        var layers: [Descriptor]?
    }

    /// - Parameter name: What people call the image.
    /// - Throws: ``LaminaError`` `corrupt` for what is no manifest, `unsupported` for Docker's first schema.
    init(_ bytes: [UInt8], name: String) throws {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(bytes))
        } catch {
            throw LaminaError(.corrupt, "the manifest of \(name) cannot be understood", cause: error)
        }
        guard fields.schemaVersion != 1 else {
            throw LaminaError(.unsupported, "the manifest of \(name) is of Docker's schema 1, of 2014; push the image anew")
        }
        switch (fields.manifests, fields.config, fields.layers) {
        case (let manifests?, nil, nil): self = .index(manifests)
        case (nil, let config?, let layers?):
            guard layers.count <= Self.layerLimit else {
                throw LaminaError(.limitExceeded, "\(name) has \(layers.count) layers, and at most \(Self.layerLimit) are taken")
            }
            if let other = layers.first(where: { $0.mediaType.map { !MediaType.layers.contains($0) } ?? false }) {
                throw LaminaError(
                    .unsupported, "\(name) is no image of a root file system: it has a layer of the type \(other.mediaType ?? "")")
            }
            self = .image(config: config, layers: layers)
        // One that can be read in two ways could be another to whoever has checked its digest.
        default: throw LaminaError(.corrupt, "the manifest of \(name) is neither an image's nor a list of images")
        }
    }
}
