import LambdaModel
import NIOCore
import NIOHTTP1

/// One connection of a process inside an environment: gathers requests, hands responses that are streamed on as they come.
final class EnvironmentRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let apis: [any EnvironmentAPI]
    private let runtime: RuntimeEndpoint
    private var request: EnvironmentRequest?
    private var stream: RuntimeEndpoint.OpenStream?

    init(runtime: RuntimeEndpoint, apis: [any EnvironmentAPI]) {
        self.runtime = runtime
        self.apis = apis
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let request = EnvironmentRequest(head: head, client: EnvironmentClient(channel: context.channel))
            self.request = request
            stream = runtime.openStream(request)
        case .body(let buffer):
            if stream != nil { write(buffer, context) } else { gather(buffer) }
        case .end(let trailers):
            request?.trailers = trailers
            if let request { finish(request) }
            (request, stream) = (nil, nil)
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
        guard let size = request?.body.count else { return }
        if size + buffer.readableBytes > Limits.synchronousResponse {
            request?.isTooLarge = true
            request?.body = []
        } else if request?.isTooLarge == false {
            request?.body += buffer.readableBytesView
        }
    }

    private func finish(_ request: EnvironmentRequest) {
        if let stream { return runtime.finish(stream, request) }
        for api in apis where api.respond(to: request) { return }
        request.client.send(.notFound)
    }
}
