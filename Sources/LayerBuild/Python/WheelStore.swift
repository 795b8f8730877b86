import Checksum
import Foundation
import HTTPTransfer
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import ZipArchive

/// The wheels of a lock, brought into the cache by their hashes.
struct WheelStore: Sendable {
    let cache: BuildCache
    let target: PythonTarget
    let offline: Bool
    private let downloader: Downloader

    init(cache: BuildCache, target: PythonTarget, offline: Bool = false) {
        self.cache = cache
        self.target = target
        self.offline = offline
        // A registry that is busy gets time.
        let schedule = RetrySchedule(attempts: 4, base: 500, limit: 2000)
        downloader = Downloader(partials: cache.partials, concurrent: 6, schedule: schedule)
    }

    /// A wheel in the cache.
    struct Wheel: Sendable {
        var package: PythonLock.Package
        var filename: WheelFilename
        var path: FilePath
        /// The folder for what is derived from the wheel.
        var folder: FilePath
        var wasCached: Bool
        /// Of the file that the lock names, the wheel or what it was built from; nil where that is no file.
        var sha256: String?
    }

    /// What of a package is installed.
    enum Choice: Sendable {
        case file(PythonLock.Artifact)
        case tree(SourceTree)

        /// Bytes to be fetched, where they are known.
        var size: Int {
            guard case .file(let artifact) = self else { return 0 }
            return artifact.size ?? 0
        }
    }

    /// What suits the target best: a wheel by tag, else the source distribution, the folder or the commit.
    ///
    /// - Throws: ``LaminaError`` `unsupported` where nothing does, saying what there is.
    func choose(_ package: PythonLock.Package) throws -> Choice {
        if let tree = package.tree { return .tree(tree) }
        if let wheel = package.wheel(for: target) { return .file(wheel) }
        if let sdist = package.sdist { return .file(sdist) }
        let offered = package.wheels.map(\.filename)
        let list = offered.prefix(12).joined(separator: ", ") + (offered.count > 12 ? " and \(offered.count - 12) more" : "")
        throw LaminaError(
            .unsupported,
            "\(package.name) \(package.version ?? "") has no wheel for \(target.runtime) on \(target.architecture.rawValue)"
                + " (glibc 2.\(target.runtime.operatingSystem.glibcMinor)); it offers \(list)")
    }

    /// Brings a package's wheel into the cache.
    func fetch(_ package: PythonLock.Package, _ choice: Choice, progress: @escaping @Sendable (Int) -> Void) async throws -> Wheel {
        switch choice {
        case .tree(let tree): return try await built(from: tree, package)
        case .file(let artifact):
            let (path, sha256, wasCached) = try await file(artifact, progress: progress)
            guard artifact.filename.hasSuffix(".whl") else { return try await built(from: path, sha256, package) }
            return Wheel(
                package: package, filename: try WheelFilename(artifact.filename), path: path, folder: cache.folder(ofHash: sha256),
                wasCached: wasCached, sha256: sha256)
        }
    }

    /// The cached file of an artifact; downloads it, or copies it in, and checks its hash.
    private func file(_ artifact: PythonLock.Artifact, progress: @escaping @Sendable (Int) -> Void) async throws -> (FilePath, String, Bool)
    {
        switch artifact.location {
        case .local(let path):
            let digest = try Self.hash(path)
            try check(digest, artifact)
            let cached = cache.folder(ofHash: digest.hexadecimal).appending(artifact.filename)
            guard !BuildCache.exists(cached) else { return (cached, digest.hexadecimal, true) }
            try await WholeFile.make(cached) { try FileManager.default.copyItem(atPath: path.string, toPath: $0.string) }
            return (cached, digest.hexadecimal, false)
        case .remote(let url):
            guard let sha256 = artifact.sha256.flatMap({ SHA256Digest(hexadecimal: $0) }) else {
                throw LaminaError(.hashMismatch, "the lock has no SHA-256 of \(artifact.filename), so it is not fetched")
            }
            let cached = cache.folder(ofHash: sha256.hexadecimal).appending(artifact.filename)
            if BuildCache.exists(cached) { return (cached, sha256.hexadecimal, true) }
            guard !offline else {
                throw LaminaError(.network, "\(artifact.filename) is not in the cache, and --offline forbids fetching it")
            }
            try await downloader.download(url, sha256: sha256, to: cached, progress: progress)
            return (cached, sha256.hexadecimal, false)
        }
    }

    private func check(_ digest: SHA256Digest, _ artifact: PythonLock.Artifact) throws {
        guard let expected = artifact.sha256, expected != digest.hexadecimal else { return }
        throw LaminaError(.hashMismatch, "\(artifact.filename) has the SHA-256 \(digest), but the lock says \(expected)")
    }

    private static func hash(_ path: FilePath) throws -> SHA256Digest {
        do {
            return SHA256Digest(of: try Data(contentsOf: URL(fileURLWithPath: path.string), options: .mappedIfSafe))
        } catch {
            throw LaminaError(.notFound, "cannot read \(path)", cause: error)
        }
    }

    /// The wheel that uv builds from a source distribution, kept by the source's hash, the interpreter and the architecture.
    private func built(from sdist: FilePath, _ sha256: String, _ package: PythonLock.Package) async throws -> Wheel {
        let folder = cache.folder(ofHash: sha256).appending("built-cp3\(target.minor)-\(Architecture.host.machineName)")
        return try await built(in: folder, package, sha256: sha256) { try await UV(offline: offline).build(sdist, into: $0, for: target) }
    }

    private func built(from tree: SourceTree, _ package: PythonLock.Package) async throws -> Wheel {
        let builder = SourceTreeBuilder(cache: cache, target: target, offline: offline)
        return try await built(in: try builder.folder(of: tree), package, sha256: nil) { try await builder.build(tree, into: $0) }
    }

    /// A wheel that is built in a folder of the cache, unless it is there.
    private func built(
        in folder: FilePath, _ package: PythonLock.Package, sha256: String?, _ build: (FilePath) async throws -> Void
    ) async throws -> Wheel {
        let wasCached = Self.wheelName(in: folder) != nil
        if !wasCached { try await WholeFile.make(folder, build) }
        guard let name = Self.wheelName(in: folder) else { throw LaminaError(.toolFailed, "uv built no wheel of \(package.name)") }
        let filename = try WheelFilename(name)
        guard !filename.tags.isDisjoint(with: target.tags) else {
            throw LaminaError(
                .unsupported,
                "\(package.name) \(filename.version) has to be built from source, and what this machine builds, \(name), does not load in "
                    + "\(target.runtime) on \(target.architecture.rawValue); build the layer on such a machine, or give a wheel")
        }
        return Wheel(
            package: package, filename: filename, path: folder.appending(name), folder: folder, wasCached: wasCached, sha256: sha256)
    }

    private static func wheelName(in folder: FilePath) -> String? {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.string))?.filter { $0.hasSuffix(".whl") }.min()
    }
}

extension PythonLock.Package {
    /// The wheel that suits a target best, by its tag and build number; nil where none does.
    func wheel(for target: PythonTarget) -> PythonLock.Artifact? {
        let order = Dictionary(zip(target.tags, 0...), uniquingKeysWith: { first, _ in first })
        let ranked = wheels.compactMap { artifact -> (rank: Int, build: Int, artifact: PythonLock.Artifact)? in
            guard let name = try? WheelFilename(artifact.filename) else { return nil }
            return name.tags.compactMap { order[$0] }.min().map { ($0, name.build, artifact) }
        }
        return ranked.min { ($0.rank, -$0.build, $0.artifact.filename) < ($1.rank, -$1.build, $1.artifact.filename) }?.artifact
    }
}
