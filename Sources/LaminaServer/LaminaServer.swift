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

    /// A function may run for 15 minutes; a server that is told to stop does not wait for that.
    private static let stopLimit = Duration.seconds(10)

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
        quotas.concurrency = settings.execution.concurrency
        let registry = Registry(catalog: folder.catalog, blobs: folder.blobs, settings: quotas, logger: logger)
        let logs = try LogStore(settings.data.appending("logs"), limit: settings.logStorage, logger: logger)
        let functionLogs = FunctionLogs(logs, logger: logger)
        let executor = try FunctionExecutor(settings.execution, blobs: folder.blobs, logs: functionLogs, logger: logger)
        try await executor.proveNetwork()
        let events = EventQueue(
            registry: registry, executor: executor, limit: settings.queuedEvents, retryDelay: settings.retryDelay, logger: logger)
        let locations = try ContentLocations(folder.catalog)
        let responder = ServiceResponder(
            authenticator: Authenticator(catalog: folder.catalog, mode: settings.authentication, locations: locations),
            blobs: folder.blobs, collector: registry.collector,
            lambda: LambdaService(registry: registry, executor: executor, events: events, locations: locations),
            s3: S3Service(catalog: folder.catalog, blobs: folder.blobs, collector: registry.collector),
            identity: IdentityService(catalog: folder.catalog), logs: LogsService(store: logs))
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
            // They end in the reverse order: what functions write until their end is kept.
            services: [
                LogKeeping(store: logs, functionLogs: functionLogs, logger: logger),
                ExecutionService(
                    executor: executor, events: events,
                    keeper: ProvisionKeeper(targets: settings.provisioned, registry: registry, executor: executor, logger: logger),
                    interval: min(settings.execution.idleTime, .seconds(30))),
            ],
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application, StopNotice(executor: executor, limit: Self.stopLimit, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            await functionLogs.flush()
            guard let error = error as? IOError else { throw error }
            throw LaminaError.system(error.errnoCode, "cannot listen at \(settings.host):\(settings.port)")
        }
        // What an invocation said that was cut off at the end of that time.
        await functionLogs.flush()
        withExtendedLifetime(folder) {}
    }
}
