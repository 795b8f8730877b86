import NIOCore
import NIOHTTP1

/// What a process inside an environment is answered.
struct EnvironmentResponse: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: [UInt8]

    /// A client that has asked whether to send its body is to send it.
    static let goOn = Self(status: .continue, headers: [:], body: [])
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
        if response.status != .continue { buffer.writeString("Content-Length: \(response.body.count)\r\n") }
        buffer.writeString("\r\n")
        buffer.writeBytes(response.body)
        context.write(wrapOutboundOut(buffer), promise: promise)
    }
}
