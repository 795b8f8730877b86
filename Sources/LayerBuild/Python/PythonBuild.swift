import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// Python requirements as the content of a layer: resolved, fetched and installed.
struct PythonBuild: SourceBuild {
    /// A requirements file, a pyproject.toml or a lock.
    var source: FilePath
    var settings: BuildSettings

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        let target = try PythonTarget(target)
        let interpreter = try interpreter(target)
        let lock = try await resolve(target, progress)
        var content = combine(try await assemble(lock, target, interpreter, progress))
        content.hasBytecode = interpreter != nil
        return content
    }

    private func interpreter(_ target: PythonTarget) throws -> PythonInterpreter? {
        switch settings.bytecode {
        case .no: nil
        case .auto: try? PythonInterpreter.find(for: target.runtime)
        case .yes: try PythonInterpreter.find(for: target.runtime)
        }
    }

    private func resolve(_ target: PythonTarget, _ progress: @Sendable (BuildProgress) -> Void) async throws -> PythonLock {
        progress(.resolving(source.string))
        let resolver = PythonResolver(cache: settings.cache, target: target, upgrade: settings.upgrade, offline: settings.offline)
        let resolution = try await resolver.resolve(source.absolute)
        progress(.resolved(packages: resolution.lock.packages.count, isRemembered: resolution.isRemembered))
        return resolution.lock
    }

    /// A package's installed files and what its wheel is known to hold.
    private struct Part: Sendable {
        var package: LayerContent.Package
        var entries: [ZipContent]
        var index: ContentIndex
    }

    /// Fetches the wheels side by side; each is read and compiled as soon as it is there.
    private func assemble(
        _ lock: PythonLock, _ target: PythonTarget, _ interpreter: PythonInterpreter?,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> [Part] {
        let store = WheelStore(cache: settings.cache, target: target, downloader: Downloader(), offline: settings.offline)
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
        var content = try WheelContent(zip, tighter: tighter, filename: wheel.filename, target: target, layout: settings.layout)
        var compiled: ZipReader?
        if let interpreter {
            compiled = try await Bytecode(interpreter: interpreter, layout: settings.layout).compile(wheel)
        }
        let index = try await PackageIndex.load(of: zip, folder: wheel.folder).renamed(content.installedPaths)
        try content.finish(bytecode: compiled)
        return Part(
            package: LayerContent.Package(
                .pypi, name: wheel.package.name, version: wheel.package.version ?? wheel.filename.version, file: wheel.filename.text,
                size: content.entries.reduce(0) { $0 + $1.size }),
            entries: content.entries, index: index)
    }

    /// Puts the packages together. Where two hold the same path, the later one by name wins, as it would on disk.
    private func combine(_ parts: [Part]) -> LayerContent {
        var entries: [String: ZipContent] = [:]
        var index = ContentIndex()
        for part in parts {
            for entry in part.entries { entries[entry.path] = entry }
            index.merge(part.index)
        }
        return LayerContent(entries: Array(entries.values), packages: parts.map(\.package), index: index)
    }
}

extension FilePath {
    /// The path from the root, by the current folder.
    var absolute: FilePath {
        isAbsolute ? self : FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
    }
}
