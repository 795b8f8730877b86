import LambdaModel
import NIOCore
import NIOHTTP1

/// One connection of a process inside an environment: gathers requests, hands responses that are streamed on as they come.
final class EnvironmentRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let apis: [any EnvironmentAPI]
    private let runtime: RuntimeEndpoint
    private let bounds: EnvironmentBounds
    private var isCounted = false
    private var request: EnvironmentRequest?
    private var stream: RuntimeEndpoint.OpenStream?

    init(runtime: RuntimeEndpoint, apis: [any EnvironmentAPI], bounds: EnvironmentBounds) {
        self.apis = apis
        self.runtime = runtime
        self.bounds = bounds
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = bounds.connect()
        if !isCounted { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { bounds.disconnect() }
        runtime.lose(EnvironmentClient(channel: context.channel))
        stream?.cut()
        end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // Clients otherwise hold their body back for a second.
            if head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
                context.channel.writeAndFlush(EnvironmentResponse.goOn, promise: nil)
            }
            let request = EnvironmentRequest(head: head, client: EnvironmentClient(channel: context.channel))
            self.request = request
            stream = runtime.openStream(request)
        case .body(let buffer):
            if stream != nil { write(buffer, context) } else { gather(buffer) }
        case .end(let trailers):
            request?.trailers = trailers
            if let request { finish(request) }
            end()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { EnvironmentClient(channel: context.channel).send(.badRequest) }
        context.close(promise: nil)
    }

    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        let channel = context.channel
        let goesOn = stream?.write(Array(buffer.readableBytesView)) { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
        if goesOn == false { channel.setOption(.autoRead, value: false).whenComplete { _ in } }
    }

    /// What is over the limit is dropped as it comes.
    private func gather(_ buffer: ByteBuffer) {
        guard let size = request?.body.count, request?.isTooLarge == false else { return }
        if size + buffer.readableBytes <= Limits.synchronousResponse, bounds.keep(buffer.readableBytes) {
            request?.body += buffer.readableBytesView
        } else {
            bounds.drop(size)
            request?.isTooLarge = true
            request?.body = []
        }
    }

    private func finish(_ request: EnvironmentRequest) {
        if let stream { return runtime.finish(stream, request) }
        for api in apis where api.respond(to: request) { return }
        request.client.send(.notFound)
    }

    private func end() {
        bounds.drop(request?.body.count ?? 0)
        (request, stream) = (nil, nil)
    }
}
