import NIOCore
import NIOHTTP1

/// What a process inside an environment is answered.
struct EnvironmentResponse: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Writes each response as one piece; NIO's own encoder takes three, each of which crosses from thread to thread.
final class EnvironmentResponseEncoder: ChannelOutboundHandler {
    typealias OutboundIn = EnvironmentResponse
    typealias OutboundOut = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let response = unwrapOutboundIn(data)
        var buffer = context.channel.allocator.buffer(capacity: 512 + response.body.count)
        buffer.writeString("HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r\n")
        for (name, value) in response.headers { buffer.writeString("\(name): \(value)\r\n") }
        buffer.writeString("Content-Length: \(response.body.count)\r\n\r\n")
        buffer.writeBytes(response.body)
        context.write(wrapOutboundOut(buffer), promise: promise)
    }
}
