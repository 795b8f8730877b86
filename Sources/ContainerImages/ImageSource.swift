import LambdaModel
import LaminaErrors
import SystemPackage

/// Where an image's manifests and blobs come from. All that it gives has the digest that was asked for.
protocol ImageSource: Sendable {
    /// What people call the image.
    var name: String { get }

    /// The manifest that the image's name leads to, and its digest.
    func manifest(for architecture: Architecture) async throws -> (bytes: [UInt8], digest: ImageDigest)

    /// The manifest that an index refers to.
    func manifest(_ descriptor: Descriptor) async throws -> [UInt8]

    /// A file with the bytes of a blob, for reading only.
    ///
    /// - Parameter progress: Told of the bytes of the blob so far.
    func blob(_ descriptor: Descriptor, progress: @escaping @Sendable (Int) -> Void) async throws -> FilePath
}

/// An image for one platform, by its manifest.
struct ResolvedImage: Sendable {
    /// Indexes in indexes that are followed.
    private static let depthLimit = 4
    /// Bytes that all layers may have: AWS's limit for images, which is one of the unpacked size.
    private static let layersLimit = 10 << 30

    /// Of what the name leads to, which may be an index of images.
    let named: ImageDigest
    /// Of the platform's own manifest.
    let digest: ImageDigest
    let config: Descriptor
    let layers: [Descriptor]

    /// Follows indexes to the image of an architecture.
    ///
    /// - Throws: ``LaminaError`` `notFound` where it has no image for Linux on the architecture, saying what it has.
    init(_ source: some ImageSource, _ architecture: Architecture) async throws {
        var (bytes, digest) = try await source.manifest(for: architecture)
        named = digest
        for _ in 0..<Self.depthLimit {
            switch try ManifestDocument(bytes, name: source.name) {
            case .index(let entries):
                let entry = try PlatformChoice(architecture, name: source.name).entry(of: entries)
                    .bounded(ManifestDocument.sizeLimit, "manifest")
                bytes = try await source.manifest(entry)
                digest = entry.digest
            case .image(let config, let layers):
                self.digest = digest
                self.config = try config.bounded(ImageConfig.sizeLimit, "configuration")
                self.layers = try layers.map { try $0.bounded(Self.layersLimit, "layer") }
                guard self.layers.reduce(0, { $0 + $1.size }) <= Self.layersLimit else {
                    throw LaminaError(.limitExceeded, "the layers of \(source.name) have more than \(Self.layersLimit) bytes")
                }
                return
            }
        }
        throw LaminaError(.unsupported, "\(source.name) is an index of indexes, more than \(Self.depthLimit) deep")
    }
}

/// Which of an index's images is for Linux on an architecture.
struct PlatformChoice {
    let architecture: Architecture
    let name: String

    init(_ architecture: Architecture, name: String) { (self.architecture, self.name) = (architecture, name) }

    /// The first that says so, else the only one where that says nothing.
    func entry(of entries: [Descriptor]) throws -> Descriptor {
        if let entry = entries.first(where: { $0.platform?.runs(architecture) ?? false }) { return entry }
        if entries.count == 1, entries[0].platform == nil { return entries[0] }
        let platforms = Set(entries.compactMap { $0.platform?.description }).subtracting(["unknown/unknown"]).sorted()
        throw LaminaError(
            .notFound,
            "\(name) has no image for linux/\(architecture.goName)"
                + (platforms.isEmpty ? "" : ", but for \(platforms.joined(separator: ", "))"))
    }
}
