import LambdaModel

/// One event on its way to a function.
public struct Invocation: Sendable {
    public var requestID: String
    public var payload: [UInt8]
    /// JSON, decoded from the request's header.
    public var clientContext: String?
    /// The function as the caller named it, with its qualifier.
    public var functionARN: FunctionARN
    /// Where the response goes as it comes; nil where the caller waits for all of it.
    public var stream: ResponseStream?
    /// X-Ray's trace header.
    public var traceID: String
    /// Whether the result comes when the extensions are done too, with all of the log, instead of when the runtime has answered.
    public var waitsForExtensions = true

    /// - Parameter traceID: Nil for one of its own.
    public init(
        requestID: String, payload: [UInt8], clientContext: String?, functionARN: FunctionARN, stream: ResponseStream? = nil,
        traceID: String? = nil
    ) {
        self.requestID = requestID
        self.payload = payload
        self.clientContext = clientContext
        self.functionARN = functionARN
        self.stream = stream
        self.traceID = traceID ?? TraceID.make()
    }
}

/// What an invocation gave.
public struct InvocationResult: Sendable {
    /// The function's answer, or AWS's JSON for an error; empty for an answer that was streamed.
    public var payload: [UInt8]
    /// Whether `X-Amz-Function-Error: Unhandled` goes with it.
    public var isError: Bool
    /// The last 4 KB of the invocation's log.
    public var logTail: [UInt8]
    /// The figures of its REPORT line.
    public var metrics: InvocationMetrics?

    public init(payload: [UInt8], isError: Bool, logTail: [UInt8], metrics: InvocationMetrics? = nil) {
        self.payload = payload
        self.isError = isError
        self.logTail = logTail
        self.metrics = metrics
    }
}
