import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import LayerCheck
import Synchronization
import SystemPackage
import ZipArchive

/// Builds a layer's zips from its sources: content from each, together, checked, written.
public struct LayerBuilder: Sendable {
    public var sources: [BuildSource]
    public var targets: [BuildTarget]
    public var settings: BuildSettings
    /// The layer's own license, which its bill of materials says.
    public var license: String?

    public init(_ sources: [BuildSource], for targets: [BuildTarget], _ settings: BuildSettings = BuildSettings()) {
        self.sources = sources
        self.targets = targets
        self.settings = settings
    }

    /// Builds one zip for all targets whose content can be one, and others beside it, named by their targets.
    ///
    /// A zip is replaced only when all went well with it.
    ///
    /// - Parameter output: The zip, where there is one.
    /// - Throws: ``LaminaError``; the message is for the user.
    public func build(to output: FilePath, progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }) async throws -> [BuildReport] {
        var layers: [PreparedLayer] = []
        var start = ContinuousClock.now
        for target in targets {
            if targets.count > 1 { progress(.note("building for \(target)")) }
            let layer = try await PreparedLayer(sources, for: target, settings, progress)
            var isMerged = false
            for index in layers.indices where !isMerged { isMerged = try layers[index].merge(layer) }
            if !isMerged { layers.append(layer) }
        }
        if layers.count > 1, settings.sbom != nil {
            throw LaminaError(
                .invalidArgument,
                "--sbom names one file, and the targets take \(layers.count) zips; leave it out: each has its own beside it")
        }
        let names = OutputNames(output, layers.map(\.targets))
        var reports: [BuildReport] = []
        for (index, layer) in layers.enumerated() {
            reports.append(try await write(layer, to: names.paths[index], since: start, progress))
            start = .now
        }
        return reports
    }

    private func write(
        _ layer: PreparedLayer, to output: FilePath, since start: ContinuousClock.Instant,
        _ progress: @escaping @Sendable (BuildProgress) -> Void
    ) async throws -> BuildReport {
        let content = layer.content
        let findings = try await findings(in: layer, name: output.lastComponent?.string ?? "")
        try requireComplete(layer, findings)
        let total = content.unzippedSize
        let done = Atomic(0)
        let summary = try await WholeFile.make(output) { temporary in
            try await ZipWriter().write(content.entries, to: temporary) {
                progress(.writing(done: done.add($0, ordering: .relaxed).newValue, total: total))
            }
        }
        let sbom = settings.sbom ?? OutputNames.sibling(of: output, "cdx.json")
        try await BillOfMaterials(of: content.packages, in: output, summary.digest, for: layer.targets, license: license).write(to: sbom)
        return BuildReport(
            output: output.string, targets: layer.targets, packages: content.packages, files: summary.entries,
            zippedSize: summary.fileSize, unzippedSize: summary.totalSize, sha256: summary.digest.hexadecimal,
            licenses: license ?? LicenseSummary.text(content.packages), sbom: sbom.string, findings: findings, removed: layer.removed,
            libraries: layer.libraries, notes: content.notes, hasBytecode: content.hasBytecode,
            duration: (ContinuousClock.now - start) / .seconds(1))
    }

    /// What Lambda would stumble over, for any of the targets.
    private func findings(in layer: PreparedLayer, name: String) async throws -> [Finding] {
        let tree = try LayerTree(name: name, layer.content.entries.map { LayerFile($0) })
        var found: Set<Finding> = []
        for target in layer.targets {
            let checker = LayerChecker(runtime: target.runtime, architecture: target.architecture)
            let findings = try await checker.findings(in: tree, index: layer.content.index)
            found.formUnion(findings.map { $0.afterCompletion(from: settings.completion, missing: layer.missing) })
        }
        return found.sortedBySeverity()
    }

    /// Refuses what was to be complete and is not: a symbol version that is too new is no better than a missing library.
    private func requireComplete(_ layer: PreparedLayer, _ findings: [Finding]) throws {
        let errors = findings.filter { $0.severity == .error }
        guard settings.completion != nil, !settings.allowsErrors, !errors.isEmpty else { return }
        let list = errors.map { "  \($0.path) \($0.reason)\n    fix: \($0.fix)" }.joined(separator: "\n")
        let targets = layer.targets.map(\.description).joined(separator: ", ")
        throw LaminaError(
            .refused,
            "the layer would fail for \(targets), completed as it is; nothing was written (--allow writes it all the same):\n\(list)")
    }
}
