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
        let amounts = TransferAmounts(total: image.layers.reduce(0) { $0 + $1.size }, progress)
        try await withThrowingTaskGroup(of: (Int, FilePath).self) { group in
            for (number, layer) in image.layers.enumerated() {
                group.addTask { (number, try await from.blob(layer) { amounts.set(number, $0) }) }
            }
            var unpacker = try LayerUnpacker(folder)
            var ready: [Int: FilePath] = [:]
            var next = 0
            for try await (number, file) in group {
                ready[number] = file
                while let file = ready.removeValue(forKey: next) {
                    let name = "the layer \(image.layers[next].digest) of \(from.name)"
                    try unpacker.apply(file, name: name, diffID: config.rootfs.diff_ids[next])
                    next += 1
                }
            }
            try unpacker.finish()
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
    private let amounts = Mutex<[Int: Int]>([:])
    private let total: Int
    private let progress: @Sendable (Int, Int) -> Void

    init(total: Int, _ progress: @escaping @Sendable (Int, Int) -> Void) { (self.total, self.progress) = (total, progress) }

    func set(_ number: Int, _ bytes: Int) {
        let done = amounts.withLock { amounts in
            amounts[number] = bytes
            return amounts.values.reduce(0, +)
        }
        progress(done, total)
    }
}
