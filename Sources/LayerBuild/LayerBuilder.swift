import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import LayerCheck
import Synchronization
import SystemPackage
import ZipArchive

/// Builds a layer's zip from its sources: content from each, together, checked, written.
public struct LayerBuilder: Sendable {
    public var sources: [BuildSource]
    public var target: BuildTarget
    public var settings: BuildSettings

    public init(_ sources: [BuildSource], for target: BuildTarget, _ settings: BuildSettings = BuildSettings()) {
        self.sources = sources
        self.target = target
        self.settings = settings
    }

    public init(_ sources: [FilePath], for target: BuildTarget, _ settings: BuildSettings = BuildSettings()) {
        self.init(sources.map { BuildSource($0) }, for: target, settings)
    }

    /// Builds the layer's zip at `output`, which is replaced only when all went well.
    ///
    /// - Throws: ``LaminaError``; the message is for the user.
    public func build(to output: FilePath, progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }) async throws -> BuildReport {
        let start = ContinuousClock.now
        var work = try await prepare(settings.bytecode, progress)
        if work.content.hasBytecode, settings.bytecode == .auto, work.content.unzippedSize > Limits.unzipped {
            work = try await prepare(.no, progress)
        }
        let content = work.content
        let tree = try LayerTree(name: output.lastComponent?.string ?? "", content.entries.map { LayerFile($0) })
        let findings = try await LayerChecker(runtime: target.runtime, architecture: target.architecture)
            .findings(in: tree, index: content.index)
            .map { $0.afterCompletion(from: settings.completion, missing: work.missing) }
        try requireComplete(findings)
        let total = content.unzippedSize
        let done = Atomic(0)
        let summary = try await WholeFile.make(output) { temporary in
            try await ZipWriter().write(content.entries, to: temporary) {
                progress(.writing(done: done.add($0, ordering: .relaxed).newValue, total: total))
            }
        }
        let sbom = settings.sbom ?? output.withExtension("cdx.json")
        try await BillOfMaterials(of: content.packages, in: output, summary.digest, for: target).write(to: sbom)
        return BuildReport(
            output: output.string, runtime: target.runtime.identifier, architecture: target.architecture.rawValue,
            packages: content.packages, files: summary.entries, zippedSize: summary.fileSize, unzippedSize: summary.totalSize,
            sha256: summary.digest.hexadecimal, licenses: LicenseSummary.text(content.packages), sbom: sbom.string, findings: findings,
            removed: work.removed, libraries: work.libraries, notes: content.notes + work.notes, hasBytecode: content.hasBytecode,
            duration: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Content on its way to the zip, and what was done to it.
    private struct Work {
        var content: LayerContent
        var removed: [BuildReport.Removed] = []
        var libraries: [CompletedLibrary] = []
        /// Sonames that the completion found nowhere.
        var missing: Set<String> = []
        var notes: [String] = []
    }

    /// The sources' content, trimmed and completed.
    private func prepare(_ bytecode: BytecodeChoice, _ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> Work {
        var work = Work(content: try await content(bytecode, progress))
        (work.removed, work.notes) = try Trimming(exclusions: settings.exclusions, isSlim: settings.slim).apply(to: &work.content)
        if let origin = settings.completion {
            let source = try origin.source(for: target, cache: settings.cache)
            let completion = Completion(source: source, target: target, cache: settings.cache, progress: progress)
            let result = try await completion.complete(work.content)
            (work.content, work.libraries, work.missing) = (result.content, result.libraries, result.missing)
        }
        if settings.strip {
            let stripping = try await Stripping(target: target, cache: settings.cache)
            let (removed, notes) = try await stripping.apply(to: &work.content)
            work.removed += [removed].compactMap(\.self)
            work.notes += notes
            let sizes = Dictionary(work.content.entries.map { ($0.path, $0.size) }, uniquingKeysWith: { $1 })
            for index in work.libraries.indices { work.libraries[index].size = sizes[work.libraries[index].path] ?? 0 }
        }
        return work
    }

    /// The content of all sources. Where two hold the same path, the later source wins.
    private func content(
        _ bytecode: BytecodeChoice, _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> LayerContent {
        var settings = settings
        settings.bytecode = bytecode
        var whole = LayerContent()
        for source in sources {
            let build = try SourceDetection(source: source, runtime: target.runtime, settings: settings).build()
            whole.merge(try await build.content(for: target, progress))
        }
        return whole
    }

    /// Refuses what was to be complete and is not: a symbol version that is too new is no better than a missing library.
    private func requireComplete(_ findings: [Finding]) throws {
        let errors = findings.filter { $0.severity == .error }
        guard settings.completion != nil, !settings.allowsErrors, !errors.isEmpty else { return }
        let list = errors.map { "  \($0.path) \($0.reason)\n    fix: \($0.fix)" }.joined(separator: "\n")
        throw LaminaError(
            .refused,
            "the layer would fail on \(target), completed as it is; nothing was written (--allow writes it all the same):\n\(list)")
    }
}

extension FilePath {
    /// The path with another extension in place of `zip`; behind any other.
    fileprivate func withExtension(_ extension: String) -> FilePath {
        let name = lastComponent?.string ?? ""
        let stem = name.hasSuffix(".zip") ? String(name.dropLast(4)) : name
        return removingLastComponent().appending("\(stem).\(`extension`)")
    }
}
