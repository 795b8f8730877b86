/// Findings as code scanners' services read them (SARIF 2.1.0, OASIS).
public struct SARIFLog: Sendable, Encodable {
    private struct Run: Encodable {
        var tool: Tool
        var artifacts: [Artifact]
        var results: [Result]
    }

    private struct Tool: Encodable {
        struct Driver: Encodable {
            var name = "lamina"
            var version: String
            var rules: [Rule]
        }
        var driver: Driver
    }

    private struct Rule: Encodable {
        var id: String
        var shortDescription: Text
    }

    private struct Text: Encodable {
        var text: String
    }

    private struct Artifact: Encodable {
        var location: Location
    }

    private struct Location: Encodable {
        var uri: String
        var uriBaseId: String?
    }

    private struct PhysicalLocation: Encodable {
        var artifactLocation: Location
    }

    private struct ResultLocation: Encodable {
        var physicalLocation: PhysicalLocation
    }

    private struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int
        var level: String
        var message: Text
        var locations: [ResultLocation]
    }

    private let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    private let version = "2.1.0"
    private let runs: [Run]

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    /// - Parameter version: The program's.
    public init(_ report: CheckReport, version: String) {
        let codes = FindingCode.allCases.filter { code in report.findings.contains { $0.code == code } }
        let rules = codes.map { Rule(id: $0.rawValue, shortDescription: Text(text: $0.summary)) }
        let results = report.findings.map { finding in
            Result(
                ruleId: finding.code.rawValue, ruleIndex: codes.firstIndex(of: finding.code) ?? 0, level: finding.severity.rawValue,
                message: Text(text: "\(finding.path.isEmpty ? report.source : finding.path) \(finding.reason). Fix: \(finding.fix)."),
                locations: [
                    ResultLocation(
                        physicalLocation: PhysicalLocation(
                            artifactLocation: finding.path.isEmpty
                                ? Location(uri: Self.uri(report.source)) : Location(uri: Self.uri(finding.path), uriBaseId: "LAYER")))
                ])
        }
        runs = [
            Run(
                tool: Tool(driver: Tool.Driver(version: version, rules: rules)),
                artifacts: [Artifact(location: Location(uri: Self.uri(report.source)))], results: results)
        ]
    }

    /// A path as a URI reference (RFC 3986).
    private static func uri(_ path: String) -> String {
        path.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~/+@,".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
