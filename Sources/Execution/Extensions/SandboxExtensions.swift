import LambdaModel

/// What a sandbox needs to know for its extensions.
struct SandboxExtensions: Sendable {
    var external: [ExternalExtension]
    var function: ExtensionsAPI.Function
    var telemetry: EnvironmentTelemetry
}
