import Foundation
import LambdaModel
import LaminaErrors
import Synchronization
import SystemPackage

/// Fetches an image's blobs and lays its layers into a folder.
struct ImagePull<Source: ImageSource>: Sendable {
    private let from: Source
    private let architecture: Architecture
    private let progress: @Sendable (Int, Int) -> Void

    init(_ source: Source, _ architecture: Architecture, _ progress: @escaping @Sendable (Int, Int) -> Void) {
        (from, self.architecture, self.progress) = (source, architecture, progress)
    }

    /// Finds the image's manifest.
    func resolved() async throws -> ResolvedImage { try await ResolvedImage(from, architecture) }

    /// The image's name with the digest that it leads to now.
    func source(_ image: ResolvedImage) -> String {
        from.name.hasSuffix("@\(image.named)") ? from.name : "\(from.name)@\(image.named)"
    }

    /// Unpacks each layer as soon as it and those below it are there, while others are on their way.
    ///
    /// - Parameter folder: A new one; what is in it after a failure is to be removed.
    func unpack(_ image: ResolvedImage, to folder: FilePath) async throws {
        let config = try await config(of: image)
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        chmod(folder.string, 0o755)
        let blobs = try blobs(of: image)
        let amounts = TransferAmounts(total: blobs.reduce(0) { $0 + $1.size }, progress)
        try await withThrowingTaskGroup(of: (ImageDigest, FilePath).self) { group in
            for blob in blobs { group.addTask { (blob.digest, try await from.blob(blob) { amounts.set(blob.digest, $0) }) } }
            var unpacker = try LayerUnpacker(folder)
            var ready: [ImageDigest: FilePath] = [:]
            var layers = Array(zip(image.layers, config.rootfs.diff_ids))[...]
            for try await (digest, file) in group {
                ready[digest] = file
                while let (layer, diffID) = layers.first, let file = ready[layer.digest] {
                    try unpacker.apply(file, name: "the layer \(layer.digest) of \(from.name)", diffID: diffID)
                    layers.removeFirst()
                }
            }
            try unpacker.finish()
        }
    }

    /// What the layers are in, each once, in the order in which they are needed; several may be the same, such as empty ones.
    private func blobs(of image: ResolvedImage) throws -> [Descriptor] {
        var sizes: [ImageDigest: Int] = [:]
        return try image.layers.filter { layer in
            guard let size = sizes.updateValue(layer.size, forKey: layer.digest) else { return true }
            guard size == layer.size else { throw LaminaError(.corrupt, "\(from.name) names two sizes of its layer \(layer.digest)") }
            return false
        }
    }

    private func config(of image: ResolvedImage) async throws -> ImageConfig {
        let file = try await from.blob(image.config) { _ in }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file.string))
        } catch {
            throw LaminaError(.inputOutput, "cannot read \(file)", cause: error)
        }
        let config = try ImageConfig(bytes, name: from.name)
        guard config.rootfs.diff_ids.count == image.layers.count else {
            throw LaminaError(
                .corrupt, "\(from.name) has \(image.layers.count) layers, but its configuration names \(config.rootfs.diff_ids.count)")
        }
        guard config.platform?.runs(architecture) ?? true else {
            throw LaminaError(
                .unsupported,
                "\(from.name) is for \(config.platform?.description ?? "another platform"), and functions are to run on linux/\(architecture.goName)"
            )
        }
        return config
    }
}

/// How much of several transfers is there.
private final class TransferAmounts: Sendable {
    private let amounts = Mutex<[ImageDigest: Int]>([:])
    private let total: Int
    private let progress: @Sendable (Int, Int) -> Void

    init(total: Int, _ progress: @escaping @Sendable (Int, Int) -> Void) { (self.total, self.progress) = (total, progress) }

    func set(_ blob: ImageDigest, _ bytes: Int) {
        let done = amounts.withLock { amounts in
            amounts[blob] = bytes
            return amounts.values.reduce(0, +)
        }
        progress(done, total)
    }
}
