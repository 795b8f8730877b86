import LambdaModel
import NIOHTTP1
import Synchronization

extension RuntimeEndpoint {
    /// A response that goes to the caller as it comes.
    struct OpenStream: Sendable {
        fileprivate let requestID: String
        fileprivate let stream: ResponseStream
        fileprivate let endpoint: RuntimeEndpoint

        /// False when the writer is to pause until `resume` is called.
        func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void) -> Bool {
            let isWithinLimit = endpoint.state.withLock { state in
                state.current?.producedBytes += bytes.count
                return (state.current?.producedBytes ?? 0) <= Limits.streamedResponse
            }
            return isWithinLimit ? stream.write(bytes, resume: resume) : true
        }

        /// The connection ended before the response did.
        func cut() {
            let error = Slot.ReportedError(
                type: "Runtime.TruncatedResponse",
                body: Array(#"{"errorType":"Runtime.TruncatedResponse","errorMessage":"The response ended before it was whole."}"#.utf8))
            _ = endpoint.answer(requestID, .streamed(error: error))
        }
    }

    /// The stream that a request's body belongs to: that of a response which the runtime streams to a caller who wants it so.
    func openStream(_ request: EnvironmentRequest) -> OpenStream? {
        guard request.head.method == .POST, request.path.count == 5, request.path[4] == "response", request.responseMode == "streaming"
        else { return nil }
        let requestID = String(request.path[3])
        return state.withLock { state in
            guard state.slot.isRunning(requestID), let stream = state.current?.invocation.stream else { return nil }
            return OpenStream(requestID: requestID, stream: stream, endpoint: self)
        }
    }

    /// The runtime has streamed all of its response.
    func finish(_ stream: OpenStream, _ request: EnvironmentRequest) {
        let size = state.withLock { $0.current?.producedBytes ?? 0 }
        let error = size > Limits.streamedResponse ? .tooLarge(limit: Limits.streamedResponse) : request.errorBehindStream
        if let refusal = answer(stream.requestID, .streamed(error: error)) { return request.client.refuse(refusal) }
        request.client.accept()
    }
}
