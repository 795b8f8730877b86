import AWSWire
import HTTPTypes
import Hummingbird
import LambdaModel
import LaminaErrors
import Registry
import Storage

/// CloudWatch Logs: groups, streams and events, in AWS's JSON 1.1 protocol.
struct LogsService: Sendable {
    /// The operation's name in `X-Amz-Target` stands behind this.
    static let target = "Logs_20140328."
    /// Bytes of a request's body: a batch of events of a megabyte, each of their characters escaped.
    private static let bodyLimit = 8 << 20

    let store: LogStore

    func respond(to request: SignedRequest) async throws -> Response {
        let target = request.head.header("x-amz-target") ?? ""
        guard request.head.method == "POST", target.hasPrefix(Self.target),
            let operation = LogsOperation(rawValue: String(target.dropFirst(Self.target.count)))
        else {
            throw APIError("UnknownOperationException", status: 400, "'\(target)' is no operation of this server", hasType: false)
        }
        try request.caller.require("logs:\(operation.rawValue)") { APIError("AccessDeniedException", status: 400, $0, hasType: false) }
        let body = try await request.body.collect(limit: Self.bodyLimit)
        let scope = request.caller.scope
        let output = try await onBlockingThread {
            try perform(operation, LogsRequest(input: try JSONInput(body), scope: scope))?.bytes ?? []
        }
        return Response(
            status: .ok, headers: [.contentType: ErrorFormat.awsJSONType], body: ResponseBody(byteBuffer: ByteBuffer(bytes: output)))
    }

    /// - Returns: The output; nil of an operation without one.
    private func perform(_ operation: LogsOperation, _ request: LogsRequest) throws -> JSONValue? {
        switch operation {
        case .createLogGroup: try createGroup(request)
        case .deleteLogGroup: try deleteGroup(request)
        case .describeLogGroups: return try describeGroups(request)
        case .putRetentionPolicy: try putRetention(request)
        case .deleteRetentionPolicy: try deleteRetention(request)
        case .tagResource: try tag(request)
        case .untagResource: try untag(request)
        case .listTagsForResource: return try listTags(request)
        case .createLogStream: try createStream(request)
        case .deleteLogStream: try deleteStream(request)
        case .describeLogStreams: return try describeStreams(request)
        case .putLogEvents: return try putEvents(request)
        case .getLogEvents: return try getEvents(request)
        case .filterLogEvents: return try filterEvents(request)
        }
        return nil
    }
}
