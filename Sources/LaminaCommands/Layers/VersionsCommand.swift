import ArgumentParser
import LaminaClient

/// `lamina versions`.
struct VersionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions",
        abstract: "List a layer's versions, newest first.",
        discussion: """
            EXAMPLES
              lamina versions tools
              lamina versions arn:aws:lambda:eu-west-1:111122223333:layer:tools --format json
            """)

    @Argument(help: "The layer's name, or its ARN.", transform: { try LayerReference($0) })
    var layer: LayerReference

    @OptionGroup var compatibility: CompatibilityOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda(for: layer)
        let versions = try await lambda.versions(of: layer, runtime: compatibility.runtime, architecture: compatibility.architecture)
        try format.print(
            VersionList(
                layer: layer.text, region: lambda.region,
                versions: versions.sorted { $0.version > $1.version }.map(LayerVersionRow.init)))
    }
}

/// What `lamina versions` prints.
private struct VersionList: Encodable, TableRenderable {
    var layer: String
    var region: String
    var versions: [LayerVersionRow]

    var table: String {
        guard !versions.isEmpty else { return "no versions of \(layer) in \(region)\n" }
        return TextTable(columns: LayerVersionRow.alignment, rows: [LayerVersionRow.headings] + versions.map(\.cells)).text
    }
}
