import NIOCore
import NIOHTTP1
import NIOPosix

/// The HTTP server that the processes of one environment find at `AWS_LAMBDA_RUNTIME_API`.
struct EnvironmentServer: Sendable {
    private let channel: any Channel

    /// - Parameter socket: A listening socket, which the server takes over.
    init(on socket: CInt, eventLoop: any EventLoop, runtime: RuntimeEndpoint, apis: [any EnvironmentAPI]) async throws {
        let bounds = EnvironmentBounds()
        channel = try await ServerBootstrap(group: eventLoop, childGroup: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)), EnvironmentResponseEncoder(),
                        EnvironmentRequestHandler(runtime: runtime, apis: apis, bounds: bounds),
                    ])
                }
            }
            .withBoundSocket(socket).get()
    }

    func close() async { try? await channel.close() }
}
