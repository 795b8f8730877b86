import LambdaModel
import NIOCore
import NIOHTTP1

/// One of the APIs that processes of an environment find at `AWS_LAMBDA_RUNTIME_API`.
protocol EnvironmentAPI: Sendable {
    /// Answers a request, at once or later; false where its path is none of this API's.
    func respond(to request: EnvironmentRequest) -> Bool
}

/// A request of a process inside an environment.
struct EnvironmentRequest: Sendable {
    let head: HTTPRequestHead
    /// The path's parts, without the query.
    let path: [Substring]
    /// Empty where it is larger than any API takes.
    var body: [UInt8] = []
    var isTooLarge = false
    var trailers: HTTPHeaders?
    let client: EnvironmentClient

    init(head: HTTPRequestHead, client: EnvironmentClient) {
        self.head = head
        self.client = client
        path = head.uri.prefix { $0 != "?" }.split(separator: "/")
    }
}

/// The connection that an answer goes to.
struct EnvironmentClient: Sendable {
    let channel: any Channel

    func send(_ status: HTTPResponseStatus, _ headers: HTTPHeaders = [:], _ body: [UInt8] = []) {
        channel.writeAndFlush(EnvironmentResponse(status: status, headers: headers, body: body), promise: nil)
    }

    func send(_ status: HTTPResponseStatus, json: String) { send(status, ["Content-Type": "application/json"], Array(json.utf8)) }

    func accept() { send(.accepted, json: #"{"status":"OK"}"#) }

    func refuse(_ refusal: RuntimeEndpoint.Slot.Refusal) {
        switch refusal {
        case .state(let reason): refuse("InvalidStateTransition", reason)
        case .requestID: refuse("InvalidRequestID", "Invalid request ID", status: .badRequest)
        }
    }

    /// AWS's shape of an error of these APIs.
    func refuse(_ errorType: String, _ message: String, status: HTTPResponseStatus = .forbidden) {
        let error: JSONValue = ["errorMessage": .string(message), "errorType": .string(errorType)]
        send(status, json: error.text)
    }
}
