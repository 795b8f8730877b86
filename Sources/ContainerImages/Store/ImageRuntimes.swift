import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// Where a runtime's root file system comes from.
public enum RuntimeImage: Sendable {
    /// A registry; spoken to without TLS where it is on this machine, or `isPlain`.
    case registry(ImageReference, isPlain: Bool)
    /// `DIR` or `DIR:TAG`.
    case layout(String)
    /// A folder that is used where it is.
    case folder(FilePath)
}

/// Gives runtimes a root file system, and keeps that in ``AddedRuntimes``.
public struct ImageRuntimes: Sendable {
    private let store: ImageStore

    public init(store: ImageStore = ImageStore()) { self.store = store }

    /// Gets an image and unpacks it, unless it is there, and lets a runtime's functions run in it from now on.
    ///
    /// - Parameter progress: Told of the bytes of the image's blobs that are there, and of all.
    /// - Returns: The source, as ``AddedRuntime`` has it.
    /// - Throws: ``LaminaError`` `unsupported` for an image that does not have the runtime.
    public func add(
        _ runtime: Runtime, _ image: RuntimeImage, architecture: Architecture = .host,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> String {
        switch image {
        case .folder(let folder): return try await add(runtime, folder)
        case .layout(let operand):
            let source = try LayoutSource(operand)
            return try await add(runtime, ImagePull(source, architecture, progress))
        case .registry(let reference, let isPlain):
            let blobs = BlobCache()
            blobs.sweep()
            let source = try RegistrySource(reference, isPlain: isPlain, blobs: blobs)
            return try await add(runtime, ImagePull(source, architecture, progress))
        }
    }

    private func add(_ runtime: Runtime, _ folder: FilePath) async throws -> String {
        guard let folder = folder.absolute.resolved, FileManager.default.fileExists(atPath: folder.appending(".").string) else {
            throw LaminaError(.notFound, "there is no folder \(folder)")
        }
        guard folder != "/" else {
            throw LaminaError(.unsafe, "functions would see all of this machine at /; name another root file system")
        }
        try BaseImageProgram.check(runtime, in: folder, name: folder.string)
        if let obstacle = RootMountPoints.obstacles(in: folder).first {
            throw LaminaError(.unsupported, "\(folder) has something else than a folder at /\(obstacle)")
        }
        try await store.exclusively { try record(runtime, folder, folder.string) }
        return folder.string
    }

    private func add(_ runtime: Runtime, _ pull: ImagePull<some ImageSource>) async throws -> String {
        let image = try await pull.resolved()
        let root = store.root(of: image.digest)
        let source = pull.source(image)
        try await store.exclusively {
            if !store.has(image.digest) {
                try await WholeFile.make(root) { partial in
                    do {
                        try await pull.unpack(image, to: partial)
                        try BaseImageProgram.check(runtime, in: partial, name: source)
                    } catch {
                        // Folders without write permission would stay.
                        try? RootFolder(store.folder).remove(FilePath(partial.lastComponent?.string ?? ""))
                        throw error
                    }
                }
            }
            try BaseImageProgram.check(runtime, in: root, name: source)
            try record(runtime, root, source)
        }
        return source
    }

    private func record(_ runtime: Runtime, _ folder: FilePath, _ source: String) throws {
        var added = try AddedRuntimes.load()
        added[runtime] = .image(folder: folder.string, source: source)
        try added.save()
        try store.sweep()
    }
}
