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

/// A root file system that a runtime has got.
public struct AddedImage: Sendable {
    /// As ``AddedRuntime`` has it.
    public var source: String
    /// Of the interpreter in it; nil where it does not tell, or its functions bring their own.
    public var version: String?
    /// Why an image that nothing needs any more is still there.
    public var failures: [any Error]
}

/// Gives runtimes a root file system, and keeps that in ``AddedRuntimes``.
public struct ImageRuntimes: Sendable {
    private let store: ImageStore

    /// - Parameter notice: Told what is waited for.
    public init(notice: @escaping @Sendable (String) -> Void = { _ in }) { store = ImageStore(notice: notice) }

    /// Gets an image and unpacks it, unless it is there, and lets a runtime's functions run in it from now on.
    ///
    /// - Parameter progress: Told of the bytes of the image's blobs that are there, and of all.
    /// - Throws: ``LaminaError`` `unsupported` for an image that does not have the runtime, or has another language's.
    public func add(
        _ runtime: Runtime, _ image: RuntimeImage, architecture: Architecture = .host,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws -> AddedImage {
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

    /// Removes the images that no runtime refers to any more, and blobs that nobody has asked for in a long time. Call after a runtime was
    /// taken from ``AddedRuntimes``.
    ///
    /// - Returns: Why one is still there.
    public func removeUnreferenced() -> [any Error] {
        BlobCache().sweep()
        return store.sweep()
    }

    private func add(_ runtime: Runtime, _ folder: FilePath) async throws -> AddedImage {
        guard let folder = folder.absolute.resolved, FileManager.default.fileExists(atPath: folder.appending(".").string) else {
            throw LaminaError(.notFound, "there is no folder \(folder)")
        }
        guard folder != "/" else {
            throw LaminaError(.unsafe, "functions would see all of this machine at /; name another root file system")
        }
        let version = try BaseImageProgram.check(runtime, in: folder, name: folder.string)
        if let obstacle = RootMountPoints.obstacles(in: folder).first {
            throw LaminaError(.unsupported, "\(folder) has something else than a folder at /\(obstacle)")
        }
        try await store.keepingAll { try record(runtime, folder, folder.string, version) }
        return AddedImage(source: folder.string, version: version, failures: removeUnreferenced())
    }

    private func add(_ runtime: Runtime, _ pull: ImagePull<some ImageSource>) async throws -> AddedImage {
        let image = try await pull.resolved()
        let root = store.root(of: image.digest)
        let source = pull.source(image)
        let version = try await store.keepingAll {
            if !store.has(image.digest) {
                try await store.make(image.digest) { partial in
                    try await pull.unpack(image, to: partial)
                    _ = try BaseImageProgram.check(runtime, in: partial, name: source)
                }
            }
            let version = try BaseImageProgram.check(runtime, in: root, name: source)
            try record(runtime, root, source, version)
            return version
        }
        return AddedImage(source: source, version: version, failures: removeUnreferenced())
    }

    private func record(_ runtime: Runtime, _ folder: FilePath, _ source: String, _ version: String?) throws {
        let list = AddedRuntimes.file()
        try AddedRuntimes.update(list) { added in
            try store.references.add(list)
            added[runtime] = .image(folder: folder.string, source: source, version: version)
        }
    }
}
