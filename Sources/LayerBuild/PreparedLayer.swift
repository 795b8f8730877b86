import LambdaModel
import LayerCheck
import SystemPackage
import ZipArchive

/// A layer's content for one target or more, trimmed and completed, before it is written.
struct PreparedLayer: Sendable {
    var targets: [BuildTarget]
    var content: LayerContent
    var removed: [BuildReport.Removed] = []
    var libraries: [CompletedLibrary] = []
    /// Sonames that a completion found nowhere.
    var missing: Set<String> = []

    /// Builds the sources' content for a target.
    ///
    /// Bytecode that is not asked for by name is left out where the layer would pass Lambda's limit with it.
    init(
        _ sources: [BuildSource], for target: BuildTarget, _ settings: BuildSettings,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws {
        self = try await Self.prepare(sources, target, settings, progress)
        if content.hasBytecode, settings.bytecode == .auto, content.unzippedSize > Limits.unzipped {
            var settings = settings
            settings.bytecode = .no
            self = try await Self.prepare(sources, target, settings, progress)
        }
    }

    private init(targets: [BuildTarget], content: LayerContent) {
        self.targets = targets
        self.content = content
    }

    private static func prepare(
        _ sources: [BuildSource], _ target: BuildTarget, _ settings: BuildSettings,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> PreparedLayer {
        var layer = PreparedLayer(targets: [target], content: LayerContent())
        // Where two sources hold the same path, the later one wins.
        for source in sources {
            let build = try SourceDetection(source: source, runtime: target.runtime, settings: settings).build()
            layer.content.merge(try await build.content(for: target, progress))
        }
        let (removed, notes) = try Trimming(exclusions: settings.exclusions, isSlim: settings.slim).apply(to: &layer.content)
        layer.removed = removed
        layer.content.notes += notes
        if let origin = settings.completion {
            let source = try origin.source(for: target, cache: settings.cache)
            let completion = Completion(source: source, target: target, cache: settings.cache, progress: progress)
            let result = try await completion.complete(layer.content)
            (layer.content, layer.libraries, layer.missing) = (result.content, result.libraries, result.missing)
        }
        if settings.strip {
            let (removed, notes) = try await Stripping(target: target, cache: settings.cache).apply(to: &layer.content)
            layer.removed += [removed].compactMap(\.self)
            layer.content.notes += notes
            let sizes = Dictionary(layer.content.entries.map { ($0.path, $0.size) }, uniquingKeysWith: { $1 })
            for index in layer.libraries.indices { layer.libraries[index].size = sizes[layer.libraries[index].path] ?? 0 }
        }
        return layer
    }

    /// Takes in the content for other targets, where both can be one zip: no path has two contents.
    ///
    /// A Python package's RECORD may differ by the bytecode that it names; then both's lines are kept.
    ///
    /// - Returns: Whether it could; else this is as it was.
    mutating func merge(_ other: PreparedLayer) throws -> Bool {
        var entries = Dictionary(content.entries.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in other.content.entries {
            guard let own = entries[entry.path] else {
                entries[entry.path] = entry
                continue
            }
            if own.hasSameBytes(as: entry), own.isExecutable == entry.isExecutable { continue }
            guard let record = try InstalledRecords.merged(own, entry) else { return false }
            entries[entry.path]?.source = .bytes(Array(record.utf8))
        }
        guard entries.values.reduce(0, { $0 + $1.size }) <= Limits.unzipped else { return false }
        targets += other.targets
        content.entries = Array(entries.values)
        content.index.merge(other.content.index)
        content.packages += other.content.packages.filter { !content.packages.contains($0) }
        content.notes += other.content.notes.filter { !content.notes.contains($0) }
        missing.formUnion(other.missing)
        libraries += other.libraries.filter { new in !libraries.contains { $0.path == new.path } }
        return true
    }
}
