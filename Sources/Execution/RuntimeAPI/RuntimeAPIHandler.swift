import LambdaModel
import NIOCore
import NIOHTTP1

/// One connection of a runtime client: the routes of the Runtime API, 2018-06-01.
final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// An open `GET …/invocation/next`.
    struct Poll: Sendable {
        fileprivate let channel: any Channel

        func send(_ headers: HTTPHeaders, _ payload: [UInt8]) { RuntimeAPIHandler.respond(channel, .ok, headers, payload) }

        func refuse(_ reason: String) { RuntimeAPIHandler.refuse(channel, reason) }
    }

    private static let prefix = "/2018-06-01/runtime/"

    private let endpoint: RuntimeEndpoint
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(endpoint: RuntimeEndpoint) { self.endpoint = endpoint }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            isTooLarge = false
        case .body(let buffer):
            // A response over the limit is dropped as it comes, not gathered.
            if body.count + buffer.readableBytes > Limits.synchronousResponse {
                isTooLarge = true
            } else {
                body += buffer.readableBytesView
            }
        case .end:
            if let head { route(head, context.channel) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func route(_ head: HTTPRequestHead, _ channel: any Channel) {
        guard head.uri.hasPrefix(Self.prefix) else { return Self.respond(channel, .notFound, [:], []) }
        let parts = head.uri.dropFirst(Self.prefix.count).split(separator: "/")
        switch (head.method, parts.count, parts.first, parts.last) {
        case (.GET, 2, "invocation", "next"):
            endpoint.poll(Poll(channel: channel))
        case (.POST, 3, "invocation", "response"):
            settle(endpoint.answer(String(parts[1]), isTooLarge ? .error(Self.tooLarge) : .response(body)), channel)
        case (.POST, 3, "invocation", "error"):
            settle(endpoint.answer(String(parts[1]), .error(isTooLarge ? Self.tooLarge : body)), channel)
        case (.POST, 2, "init", "error"):
            settle(endpoint.failInit(body), channel)
        default:
            Self.respond(channel, .notFound, [:], [])
        }
    }

    private func settle(_ refusal: String?, _ channel: any Channel) {
        if let refusal { return Self.refuse(channel, refusal) }
        Self.respond(channel, .accepted, ["Content-Type": "application/json"], Array(#"{"status":"OK"}"#.utf8))
    }

    private static let tooLarge = Array(
        #"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
            .utf8)

    private static func refuse(_ channel: any Channel, _ reason: String) {
        let body = #"{"errorMessage":"\#(reason)","errorType":"InvalidStateTransition"}"#
        respond(channel, .forbidden, ["Content-Type": "application/json"], Array(body.utf8))
    }

    private static func respond(_ channel: any Channel, _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8]) {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Length", value: String(body.count))
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)), promise: nil)
        if !body.isEmpty {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
}
