import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import Synchronization
import SystemPackage
import ZipArchive

/// Builds a layer from Python requirements: resolve, fetch, assemble, check, write.
public struct PythonLayerBuild: Sendable {
    /// Whether modules are compiled ahead.
    public enum BytecodeChoice: String, Sendable, CaseIterable {
        /// Where the machine has the runtime's interpreter and the layer stays below Lambda's limit.
        case auto
        case yes, no
    }

    public var source: FilePath
    public var runtime: Runtime
    public var architecture: Architecture
    public var layout: PythonLayout = .python
    public var bytecode: BytecodeChoice = .auto
    /// Resolve anew although a lock is remembered.
    public var upgrade = false
    /// Use nothing but the caches.
    public var offline = false
    public var cache = BuildCache()

    public init(source: FilePath, runtime: Runtime, architecture: Architecture) {
        self.source = source
        self.runtime = runtime
        self.architecture = architecture
    }

    /// Builds the layer's zip at `output`, which is replaced only when all went well.
    ///
    /// - Throws: ``LaminaError``; the message is for the user.
    public func run(output: FilePath, progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }) async throws -> BuildReport {
        let start = ContinuousClock.now
        let target = try PythonTarget(runtime: runtime, architecture: architecture)
        let interpreter = try interpreter()
        let lock = try await resolve(target, progress)
        let parts = try await assemble(lock, target, interpreter, progress)

        var content = combine(parts, target)
        var hasBytecode = interpreter != nil
        if hasBytecode, bytecode == .auto, content.unzippedSize > Limits.unzipped {
            content = combine(try await assemble(lock, target, nil, progress), target)
            hasBytecode = false
        }
        let total = content.unzippedSize
        let done = Atomic(0)
        let summary = try await WholeFile.make(output) { temporary in
            try await ZipWriter().write(content.entries, to: temporary) {
                progress(.writing(done: done.add($0, ordering: .relaxed).newValue, total: total))
            }
        }
        return BuildReport(
            output: output.string, runtime: runtime.identifier, architecture: architecture.rawValue, packages: content.packages,
            files: summary.entries, zippedSize: summary.fileSize, unzippedSize: summary.totalSize, sha256: summary.digest.hexadecimal,
            findings: content.findings, hasBytecode: hasBytecode, duration: (ContinuousClock.now - start) / .seconds(1))
    }

    private func interpreter() throws -> PythonInterpreter? {
        switch bytecode {
        case .no: nil
        case .auto: try? PythonInterpreter.find(for: runtime)
        case .yes: try PythonInterpreter.find(for: runtime)
        }
    }

    private func resolve(_ target: PythonTarget, _ progress: @Sendable (BuildProgress) -> Void) async throws -> PythonLock {
        progress(.resolving(source.string))
        let resolver = PythonResolver(cache: cache, target: target, upgrade: upgrade, offline: offline)
        let resolution = try await resolver.resolve(source.absolute)
        progress(.resolved(packages: resolution.lock.packages.count, isRemembered: resolution.isRemembered))
        return resolution.lock
    }

    /// A package's installed files and what its wheel is known to hold.
    private struct Part: Sendable {
        var package: LayerContent.Package
        var entries: [ZipContent]
        var binaries: [LibraryCheck.Binary]
        var findings: [Finding]
    }

    /// Fetches the wheels side by side; each is read and compiled as soon as it is there.
    private func assemble(
        _ lock: PythonLock, _ target: PythonTarget, _ interpreter: PythonInterpreter?,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> [Part] {
        let store = WheelStore(cache: cache, target: target, downloader: Downloader(), offline: offline)
        let chosen = try lock.packages.map { ($0, try store.choose($0)) }
        let fetch = FetchProgress(total: chosen.reduce(0) { $0 + ($1.1.size ?? 0) }, report: progress)
        return try await withThrowingTaskGroup(of: Part.self) { group in
            for (package, artifact) in chosen {
                group.addTask {
                    let wheel = try await store.fetch(package, artifact) { fetch.add($0) }
                    if wheel.wasCached { fetch.skip(artifact.size ?? 0) }
                    return try await part(wheel, target, interpreter, progress)
                }
            }
            var parts: [Part] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { ($0.package.name, $0.package.file) < ($1.package.name, $1.package.file) }
        }
    }

    private func part(
        _ wheel: WheelStore.Wheel, _ target: PythonTarget, _ interpreter: PythonInterpreter?, _ progress: @Sendable (BuildProgress) -> Void
    ) async throws -> Part {
        let zip = try ZipReader(wheel.path, limits: ZipReader.Limits(totalSize: 16 << 30))
        if !wheel.wasCached { progress(.preparing(package: wheel.package.name)) }
        let tighter = try await TighterEntries.load(of: zip, folder: wheel.folder)
        var content = try WheelContent(zip, tighter: tighter, filename: wheel.filename, target: target, layout: layout)
        var compiled: ZipReader?
        if let interpreter {
            compiled = try await Bytecode(interpreter: interpreter, layout: layout).compile(wheel)
        }
        let index = try await BinaryIndex.load(of: zip, folder: wheel.folder)
        let paths = content.installedPaths
        try content.finish(bytecode: compiled)
        return Part(
            package: LayerContent.Package(
                name: wheel.package.name, version: wheel.package.version ?? wheel.filename.version, file: wheel.filename.text,
                size: content.entries.reduce(0) { $0 + $1.size }),
            entries: content.entries,
            binaries: index.files.compactMap { path, file in paths[path].map { LibraryCheck.Binary(path: $0, file: file) } },
            findings: index.unreadable.map { path, reason in
                Finding(
                    .unreadableBinary, .warning, path: paths[path] ?? path, reason: reason,
                    fix: "check that the package is whole and meant for Linux")
            })
    }

    /// Puts the packages together. Where two hold the same path, the later one by name wins, as it would on disk.
    private func combine(_ parts: [Part], _ target: PythonTarget) -> LayerContent {
        var entries: [String: ZipContent] = [:]
        for part in parts {
            for entry in part.entries { entries[entry.path] = entry }
        }
        let binaries = parts.flatMap(\.binaries)
        let check = LibraryCheck(runtime: runtime, architecture: architecture)
        return LayerContent(
            entries: Array(entries.values), packages: parts.map(\.package),
            findings: parts.flatMap(\.findings).sorted { $0.path < $1.path } + check.findings(in: binaries))
    }
}

extension FilePath {
    /// The path from the root, by the current folder.
    fileprivate var absolute: FilePath {
        isAbsolute ? self : FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
    }
}
