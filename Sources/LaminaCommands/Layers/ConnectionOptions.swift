import ArgumentParser
import LambdaModel
import LaminaClient
import LaminaErrors

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
        try await connect(in: region, fallbackRegion: fallbackRegion)
    }

    private func connect(in region: String?, fallbackRegion: String?) async throws -> Connection {
        let flags = ConnectionSettings.Flags(endpointURL: endpointURL, region: region, profile: profile)
        return try await Connection(try ConnectionSettings.load(flags), fallbackRegion: fallbackRegion)
    }

    /// Lambda over such a connection.
    ///
    /// - Parameter layer: A layer whose ARN names the region to ask in where nothing else does.
    func lambda(for layer: LayerReference? = nil) async throws -> LambdaClient {
        try LambdaClient(try await connect(fallbackRegion: layer?.scope?.region))
    }

    /// Lambda in the very region of a layer, for what is said of its versions and of the functions that have them together:
    /// an ARN's region counts before the environment's and the profile's.
    ///
    /// - Throws: ``LaminaError`` `invalidArgument` when `--region` is another than the ARN's.
    func lambda(besideFunctionsOf layer: LayerReference) async throws -> LambdaClient {
        let named = layer.scope?.region
        if let named, let region, region != named {
            throw LaminaError(
                .invalidArgument,
                "\(layer) is in \(named), and only functions of \(named) can have it: give no --region, or --region \(named)")
        }
        return try LambdaClient(try await connect(in: named ?? region, fallbackRegion: nil))
    }
}
