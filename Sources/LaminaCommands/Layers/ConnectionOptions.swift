import ArgumentParser
import LambdaModel
import LaminaClient

/// `--endpoint-url`, `--region` and `--profile`, shared by the verbs that speak to Lambda.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .customLong("endpoint-url"),
        help: "Where to ask. Default: $AWS_ENDPOINT_URL_LAMBDA, $AWS_ENDPOINT_URL, the profile's, else AWS.")
    var endpointURL: String?

    @Option(help: "The region to ask in. Default: $AWS_REGION, $AWS_DEFAULT_REGION, the profile's.")
    var region: String?

    @Option(help: "A profile of AWS's configuration files. Default: $AWS_PROFILE.")
    var profile: String?

    /// A connection by these flags, the environment and AWS's files.
    ///
    /// - Parameter fallbackRegion: The region that an ARN names.
    func connect(fallbackRegion: String? = nil) async throws -> Connection {
        let flags = ConnectionSettings.Flags(endpointURL: endpointURL, region: region, profile: profile)
        return try await Connection(try ConnectionSettings.load(flags), fallbackRegion: fallbackRegion)
    }

    /// Lambda over such a connection.
    ///
    /// - Parameter layer: A layer whose ARN names the region to ask in where nothing else does.
    func lambda(for layer: LayerReference? = nil) async throws -> LambdaClient {
        try LambdaClient(try await connect(fallbackRegion: layer?.scope?.region))
    }
}
