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
    public var sources: [FilePath]
    public var target: BuildTarget
    public var settings: BuildSettings

    public init(_ sources: [FilePath], for target: BuildTarget, _ settings: BuildSettings = BuildSettings()) {
        self.sources = sources
        self.target = target
        self.settings = settings
    }

    /// Builds the layer's zip at `output`, which is replaced only when all went well.
    ///
    /// - Throws: ``LaminaError``; the message is for the user.
    public func build(to output: FilePath, progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }) async throws -> BuildReport {
        let start = ContinuousClock.now
        let content = try await content(progress)
        let binaries = content.binaries.files.map { LibraryCheck.Binary(path: $0.key, file: $0.value) }
        let findings = LibraryCheck(runtime: target.runtime, architecture: target.architecture).findings(in: binaries)
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
            notes: content.notes, hasBytecode: content.hasBytecode,
            duration: (ContinuousClock.now - start) / .seconds(1))
    }

    /// The content of all sources. Where two hold the same path, the later source wins.
    private func content(_ progress: @escaping @Sendable (BuildProgress) -> Void) async throws -> LayerContent {
        var whole = LayerContent()
        for source in sources {
            whole.merge(try await build(of: source).content(for: target, progress))
        }
        return whole
    }

    /// Who can build a source, by its name and the runtime.
    private func build(of source: FilePath) throws -> any SourceBuild {
        PythonBuild(source: source, settings: settings)
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
