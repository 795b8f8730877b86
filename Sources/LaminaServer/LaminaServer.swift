import Execution
import Foundation
import Hummingbird
import LambdaModel
import LaminaErrors
import Logging
import NIOCore
import Registry
import ServiceLifecycle
import Storage
import SystemPackage
import UnixSignals

/// The server: AWS's own API over a data folder.
public struct LaminaServer: Sendable {
    private let settings: ServerSettings
    private let logger: Logger

    public init(_ settings: ServerSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Serves until SIGINT or SIGTERM, then ends what is under way and every sandbox.
    ///
    /// - Parameter onReady: Called with the port once requests are taken.
    /// - Throws: ``LaminaError`` when the data folder or the port is not to be had.
    public func run(onReady: @escaping @Sendable (Int) -> Void) async throws {
        let folder = try DataFolder(settings.data)
        guard let key = try folder.catalog.rootKey() else { throw LaminaError(.corrupt, "\(settings.data) has no root key") }
        let registry = Registry(catalog: folder.catalog, blobs: folder.blobs, logger: logger)
        let executor = try FunctionExecutor(
            ExecutionSettings(folder: settings.data.appending("execution")), blobs: folder.blobs, logger: logger)
        let locations = ContentLocations(accessKeyID: key.id, secret: key.secret)
        let responder = ServiceResponder(
            authenticator: Authenticator(catalog: folder.catalog, mode: settings.authentication),
            lambda: LambdaService(registry: registry, executor: executor, locations: locations),
            s3: S3Service(catalog: folder.catalog, blobs: folder.blobs), identity: IdentityService())
        let application = Application(
            responder: responder, server: .http1(configuration: .init(additionalChannelHandlers: [ContinueHandler()])),
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port), serverName: "lamina"),
            services: [ExecutionService(executor: executor)],
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // A function may run for 15 minutes; a server that is told to stop does not wait for it.
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw LaminaError.system(error.errnoCode, "cannot listen at \(settings.host):\(settings.port)")
        }
        withExtendedLifetime(folder) {}
    }
}

/// Ends idle environments now and then, and all of them with the server.
private struct ExecutionService: Service {
    let executor: FunctionExecutor

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(30))
                await executor.endIdle()
            }
        }
        // Not to be cut short when the shutdown itself is cancelled.
        await Task { await executor.close() }.value
    }
}
