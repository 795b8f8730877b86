import ArgumentParser
import LaminaClient
import LaminaErrors

/// `lamina show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a layer version, and whom it is shared with.",
        discussion: """
            EXAMPLES
              lamina show tools:3
              lamina show arn:aws:lambda:eu-west-1:111122223333:layer:tools:3 --format yaml
            """)

    @Argument(help: "The layer version's ARN, or NAME:NUMBER.", transform: { try LayerVersionReference($0) })
    var version: LayerVersionReference

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda(for: version.layer)
        let detail = try await lambda.version(version)
        // Another account's policy is not for everyone who may read the layer.
        let policy: LayerPolicy?
        let isReadable: Bool
        do {
            policy = try await lambda.policy(of: version)
            isReadable = true
        } catch is LaminaError {
            policy = nil
            isReadable = false
        }
        try format.print(
            LayerVersionSheet(
                version: LayerVersionReport(detail), location: detail.content.location,
                sharedWith: isReadable ? (policy?.statements ?? []).map(SharingRow.init) : nil))
    }
}

/// A statement of a layer version's policy as the verbs print it.
struct SharingRow: Encodable {
    var statement: String
    /// An account, an organization or `public`; nil for another principal.
    var grantee: String?

    init(_ statement: LayerPolicy.Statement) {
        self.statement = statement.id
        grantee = statement.grantee?.description
    }
}

/// What `lamina show` prints.
private struct LayerVersionSheet: Encodable, TableRenderable {
    var version: LayerVersionReport
    /// A URL of the zip that holds for ten minutes.
    var location: String
    /// Nil when the policy may not be read.
    var sharedWith: [SharingRow]?

    var table: String {
        let sharing = sharedWith.map { rows in
            rows.isEmpty ? "no one" : rows.map { "\($0.grantee ?? "another principal") (\($0.statement))" }.joined(separator: ", ")
        }
        let members: [(String, String?)] = [
            ("version", String(version.version)), ("created", version.created), ("description", version.description),
            ("license", version.license), ("runtimes", version.runtimes?.joined(separator: ", ")),
            ("architectures", version.architectures?.joined(separator: ", ")),
            ("zipped", version.codeSize < 1000 ? version.codeSize.byteText : "\(version.codeSize.byteText) (\(version.codeSize) bytes)"),
            ("sha256", version.codeSha256),
            ("shared with", sharing ?? "unknown: its policy may not be read"), ("location", location),
        ]
        return "\(version.arn)\n"
            + TextTable(
                columns: [.left, .left],
                rows: members.compactMap { name, value in value.nonEmpty.map { ["  \(name)", $0] } }
            ).text
    }

    func encode(to encoder: any Encoder) throws {
        try version.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(location, forKey: .location)
        try container.encodeIfPresent(sharedWith, forKey: .sharedWith)
    }

    private enum CodingKeys: String, CodingKey { case location, sharedWith }
}
