import ArgumentParser
import LaminaClient

/// `lamina layers`.
struct LayersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "List the account's layers in a region, each with its newest version.",
        discussion: """
            EXAMPLES
              lamina layers
              lamina layers --runtime python3.13 --architecture arm64
              lamina layers --profile staging --region eu-west-1 --format yaml
            """)

    @OptionGroup var compatibility: CompatibilityOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda()
        let layers = try await lambda.layers(runtime: compatibility.runtime, architecture: compatibility.architecture)
        try format.print(LayerList(layers: layers.map(LayerList.Item.init), region: lambda.region))
    }
}

/// What `lamina layers` prints.
private struct LayerList: Encodable, TableRenderable {
    var layers: [Item]
    var region: String

    struct Item: Encodable {
        var name: String
        var arn: String
        var latest: LayerVersionRow

        init(_ item: LayerItem) {
            name = item.layerName
            arn = item.layerARN
            latest = LayerVersionRow(item.latest)
        }
    }

    var table: String {
        guard !layers.isEmpty else { return "no layers in \(region)\n" }
        return TextTable(
            columns: [.left] + LayerVersionRow.alignment,
            rows: [["NAME"] + LayerVersionRow.headings] + layers.map { [$0.name] + $0.latest.cells }
        ).text
    }
}
