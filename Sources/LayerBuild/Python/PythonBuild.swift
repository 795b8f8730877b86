import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// Python requirements as the content of a layer: resolved, fetched and installed.
struct PythonBuild: SourceBuild {
    /// A requirements file, a pyproject.toml, a lock, or a folder that holds such.
    var source: FilePath
    var settings: BuildSettings

    func content(for target: BuildTarget, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        let target = try PythonTarget(target)
        let interpreter = try interpreter(target)
        let source = try PythonSource(source)
        let resolution = try await resolve(source, target, progress)
        var content = PackageMerge(try await assemble(resolution.lock, target, interpreter, progress)).content
        content.hasBytecode = interpreter != nil
        content.notes = resolution.notes + content.notes
        if content.packages.isEmpty { content.notes.append("\(source.path) names no package for \(target.runtime)") }
        if source.wasPicked { content.notes.insert("\(self.source): \(source.kind.rawValue) says what is in the layer", at: 0) }
        return content
    }

    private func interpreter(_ target: PythonTarget) throws -> PythonInterpreter? {
        switch settings.bytecode {
        case .no: nil
        case .auto: try? PythonInterpreter.find(for: target.runtime)
        case .yes: try PythonInterpreter.find(for: target.runtime)
        }
    }

    private func resolve(
        _ source: PythonSource, _ target: PythonTarget, _ progress: @Sendable (BuildProgress) -> Void
    ) async throws -> PythonResolver.Resolution {
        progress(.resolving(source.path.string))
        let resolution = try await PythonResolver(cache: settings.cache, target: target, settings: settings).resolve(source)
        progress(.resolved(packages: resolution.lock.packages.count, isRemembered: resolution.isRemembered))
        return resolution
    }

    /// Fetches the wheels side by side; each is read and compiled as soon as it is there.
    private func assemble(
        _ lock: PythonLock, _ target: PythonTarget, _ interpreter: PythonInterpreter?,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> [PackageMerge.Part] {
        let store = WheelStore(cache: settings.cache, target: target, offline: settings.offline)
        let chosen = try lock.packages.map { ($0, try store.choose($0)) }
        let fetch = FetchProgress(total: chosen.reduce(0) { $0 + $1.1.size }, report: progress)
        return try await withThrowingTaskGroup(of: PackageMerge.Part.self) { group in
            for (package, choice) in chosen {
                group.addTask {
                    let wheel = try await store.fetch(package, choice, progress: fetch.download())
                    if wheel.wasCached { fetch.skip(choice.size) }
                    return try await part(wheel, target, interpreter, progress)
                }
            }
            var parts: [PackageMerge.Part] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { ($0.package.name, $0.package.file) < ($1.package.name, $1.package.file) }
        }
    }

    private func part(
        _ wheel: WheelStore.Wheel, _ target: PythonTarget, _ interpreter: PythonInterpreter?, _ progress: @Sendable (BuildProgress) -> Void
    ) async throws -> PackageMerge.Part {
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
        return PackageMerge.Part(
            package: LayerContent.Package(
                .pypi, name: wheel.package.name, version: wheel.package.version ?? wheel.filename.version, file: wheel.filename.text,
                size: content.entries.reduce(0) { $0 + $1.size }, license: try WheelMetadata(zip, distInfo: content.distInfo).license,
                sha256: wheel.sha256, origin: wheel.package.tree?.origin),
            entries: content.entries, index: index)
    }
}
