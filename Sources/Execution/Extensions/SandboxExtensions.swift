import LambdaModel

/// What a sandbox needs to know for its extensions.
struct SandboxExtensions: Sendable {
    var external: [ExternalExtension]
    var function: LambdaFunction
    var telemetry: EnvironmentTelemetry
}
