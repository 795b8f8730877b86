import Execution
import Foundation
import Hummingbird
import HummingbirdCore
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
    /// How long a connection may say nothing before or in a request: else a thousand silent ones would keep all others out.
    private static let idleTimeout = TimeAmount.seconds(60)

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
        var quotas = RegistrySettings()
        quotas.codeStorage = settings.codeStorage
        let registry = Registry(catalog: folder.catalog, blobs: folder.blobs, settings: quotas, logger: logger)
        var execution = ExecutionSettings(folder: settings.data.appending("execution"))
        execution.network = settings.functionNetwork
        execution.processors = settings.functionProcessors
        let executor = try FunctionExecutor(execution, blobs: folder.blobs, logger: logger)
        let events = EventQueue(
            registry: registry, executor: executor, limit: settings.queuedEvents, retryDelay: settings.retryDelay, logger: logger)
        let locations = try ContentLocations(folder.catalog)
        let responder = ServiceResponder(
            authenticator: Authenticator(catalog: folder.catalog, mode: settings.authentication, locations: locations),
            blobs: folder.blobs, collector: registry.collector,
            lambda: LambdaService(registry: registry, executor: executor, events: events, locations: locations),
            s3: S3Service(catalog: folder.catalog, blobs: folder.blobs, collector: registry.collector),
            identity: IdentityService(catalog: folder.catalog))
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { responder in
                EventLoopChildChannel(
                    base: HTTP1Channel(
                        responder: responder,
                        configuration: .init(additionalChannelHandlers: [ContinueHandler()], idleTimeout: Self.idleTimeout)))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "lamina",
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connections)),
            services: [ExecutionService(executor: executor, events: events)],
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

/// Runs asynchronous invocations, ends idle environments now and then, and all of them with the server.
private struct ExecutionService: Service {
    let executor: FunctionExecutor
    let events: EventQueue

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    while true {
                        try await Task.sleep(for: .seconds(30))
                        await executor.endIdle()
                    }
                }
                group.addTask {
                    // What is under way ends with its environment.
                    await withTaskCancellationHandler {
                        await events.run()
                    } onCancel: {
                        Task { await executor.close() }
                    }
                }
                try await group.waitForAll()
            }
        }
        // Not to be cut short when the shutdown itself is cancelled.
        await Task { await executor.close() }.value
    }
}
