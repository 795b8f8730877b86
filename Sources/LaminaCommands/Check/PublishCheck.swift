import Foundation
import LambdaModel
import LaminaErrors
import LayerCheck
import SystemPackage
import ZipArchive

/// The check that stands before a publish: a zip against each runtime and architecture that it shall be compatible with.
struct PublishCheck {
    var runtimes: [String]
    var architectures: [String]

    /// What Lambda would stumble over, each thing once.
    ///
    /// Identifiers that only AWS knows are left to AWS.
    func findings(in zip: FilePath, named name: String) async throws -> [Finding] {
        let reader = try ZipReader(zip)
        let tree = try LayerTree(reader, name: name)
        let index = try await ContentIndex(reading: tree.regularFiles)
        let runtimes = self.runtimes.compactMap { try? Runtime($0) }
        var architectures = self.architectures.compactMap { Architecture(rawValue: $0) }
        if architectures.isEmpty { architectures = [index.architecture ?? .x86_64] }
        var found: Set<Finding> = []
        for runtime in runtimes.isEmpty ? [nil] : runtimes.map(Optional.some) {
            for architecture in architectures {
                let checker = LayerChecker(runtime: runtime, architecture: architecture)
                found.formUnion(try await checker.findings(in: tree, index: index, zippedSize: reader.fileSize))
            }
        }
        return found.filter { $0.severity > .note }.sortedBySeverity()
    }

    /// Tells what was found on standard error.
    ///
    /// - Throws: ``LaminaError`` `refused` where there are errors and they are not allowed.
    static func report(_ findings: [Finding], allowed: Bool) throws {
        StandardError.write(findings.lines)
        let errors = findings.count { $0.severity == .error }
        guard errors > 0, !allowed else { return }
        throw LaminaError(
            .refused,
            "not published: it would fail on Lambda, for \(errors == 1 ? "the error" : "the \(errors) errors") above. Give --allow to publish it all the same"
        )
    }
}
