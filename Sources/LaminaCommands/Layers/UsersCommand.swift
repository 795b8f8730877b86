import ArgumentParser
import LaminaClient

/// `lamina users`.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "List the functions that have a layer, in every version of the function.",
        discussion: """
            Only functions of your own account in the layer's region can be seen.

            EXAMPLES
              lamina users tools
              lamina users tools:3
              lamina users arn:aws:lambda:eu-west-1:111122223333:layer:tools --format json
            """)

    @Argument(help: "The layer, or one version of it: a name, NAME:NUMBER, or an ARN.", transform: { try LayerSelection($0) })
    var layer: LayerSelection

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOption

    func run() async throws {
        let lambda = try await connection.lambda(besideFunctionsOf: layer.layer)
        let users = try await lambda.users(of: layer)
        try format.print(UserList(layer: layer.description, region: lambda.region, users: users.map(LayerUserRow.init)))
    }
}

/// A function version that has a layer version, as the verbs print it.
struct LayerUserRow: Encodable {
    var function: String
    /// `$LATEST` or a number.
    var functionVersion: String
    var layerVersion: Int
    var layerVersionARN: String

    init(_ use: LayerUse) {
        function = use.function
        functionVersion = use.functionVersion
        layerVersion = use.layer.version
        layerVersionARN = use.layer.description
    }

    /// As in `resize:$LATEST`.
    var name: String { "\(function):\(functionVersion)" }
}

/// What `lamina users` prints.
private struct UserList: Encodable, TableRenderable {
    var layer: String
    var region: String
    var users: [LayerUserRow]

    var table: String {
        guard !users.isEmpty else { return "no function in \(region) has \(layer)\n" }
        return TextTable(
            columns: [.left, .left, .left],
            rows: [["FUNCTION", "VERSION", "LAYER VERSION"]] + users.map { [$0.function, $0.functionVersion, $0.layerVersionARN] }
        ).text
    }
}
