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
        let content = try await content(progress)
        let tree = try LayerTree(name: output.lastComponent?.string ?? "", content.entries.map { LayerFile($0) })
        let findings = try await LayerChecker(runtime: target.runtime, architecture: target.architecture)
            .findings(in: tree, index: content.index)
        let total = content.unzippedSize
        let done = Atomic(0)
        let summary = try await WholeFile.make(output) { temporary in
            try await ZipWriter().write(content.entries, to: temporary) {
                progress(.writing(done: done.add($0, ordering: .relaxed).newValue, total: total))
            }
        }
        return BuildReport(
            output: output.string, runtime: target.runtime.identifier, architecture: target.architecture.rawValue,
            packages: content.packages, files: summary.entries, zippedSize: summary.fileSize, unzippedSize: summary.totalSize,
            sha256: summary.digest.hexadecimal, findings: findings, hasBytecode: content.hasBytecode,
            duration: (ContinuousClock.now - start) / .seconds(1))
    }

    /// The content of all sources. Where two hold the same path, the later source wins.
    private func content(_ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        var whole = LayerContent()
        for source in sources {
            let build = try SourceDetection(source: source, runtime: target.runtime, settings: settings).build()
            whole.merge(try await build.content(for: target, progress))
        }
        return whole
    }
}
