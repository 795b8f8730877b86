import Checksum
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage

/// What is in a layer, as CycloneDX 1.6 says it in JSON: the same for the same zip and name.
///
/// A time is given only where `SOURCE_DATE_EPOCH` names one (reproducible-builds.org).
struct BillOfMaterials: Encodable {
    private let bomFormat = "CycloneDX"
    private let specVersion = "1.6"
    /// Made from the zip's digest.
    private let serialNumber: String
    private let version = 1
    private let metadata: Metadata
    private let components: [Component]
    private let dependencies: [Dependency]

    init(of packages: [LayerContent.Package], in zip: FilePath, _ digest: SHA256Digest, for targets: [BuildTarget], license: String?) {
        serialNumber = "urn:uuid:" + Self.uuid(digest)
        let layer = Component(layer: zip.lastComponent?.string ?? "layer.zip", digest, license: license)
        metadata = Metadata(
            timestamp: Self.timestamp(), component: layer,
            properties: targets.flatMap { target in
                [
                    Property(name: "lamina:runtime", value: target.runtime.identifier),
                    Property(name: "lamina:architecture", value: target.architecture.rawValue),
                ]
            })
        var seen: Set<String> = []
        components = packages.map(Component.init)
            .sorted { ($0.bomReference, $0.name) < ($1.bomReference, $1.name) }
            .filter { seen.insert($0.bomReference).inserted }
        dependencies = [Dependency(ref: layer.bomReference, dependsOn: components.map(\.bomReference))]
    }

    /// Writes the bill to a file, whole or not at all.
    func write(to path: FilePath) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(self) + Data("\n".utf8)
        try await WholeFile.make(path) { try data.write(to: URL(fileURLWithPath: $0.string)) }
    }

    /// A UUID of version 8, whose bits its maker chooses (RFC 9562).
    private static func uuid(_ digest: SHA256Digest) -> String {
        var digits = Array(digest.hexadecimal.prefix(32))
        digits[12] = "8"
        digits[16] = "a"
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    private static func timestamp() -> String? {
        guard let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"], let seconds = TimeInterval(text) else { return nil }
        return Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }
}

extension BillOfMaterials {
    struct Metadata: Encodable {
        var timestamp: String?
        var tools = Tools()
        var component: Component
        var properties: [Property]
    }

    struct Tools: Encodable {
        struct Tool: Encodable {
            var type = "application"
            var name = "lamina"
        }

        var components = [Tool()]
    }

    struct Property: Encodable {
        var name: String
        var value: String
    }

    struct Dependency: Encodable {
        var ref: String
        var dependsOn: [String]
    }
}
