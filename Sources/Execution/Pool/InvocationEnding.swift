import LambdaModel

/// How an invocation ended, as its caller sees it.
enum InvocationEnding: Sendable {
    case response([UInt8])
    case streamed(error: RuntimeEndpoint.Slot.ReportedError?)
    /// What the runtime told of an error, in an invocation or in its init phase.
    case error(RuntimeEndpoint.Slot.ReportedError, isInit: Bool)
    case fault(InvocationFault)

    /// - Parameter timeout: Seconds that the function may take.
    init(_ outcome: RuntimeEndpoint.Outcome, timeout: Int, isOutOfMemory: @autoclosure () -> Bool) {
        switch outcome {
        case .response(let payload): self = .response(payload)
        case .streamed(let error): self = .streamed(error: error)
        case .error(let error): self = .error(error, isInit: false)
        case .initError(let error): self = .error(error, isInit: true)
        case .timedOut: self = .fault(.timeout(timeout))
        case .exited(let status): self = .fault(isOutOfMemory() ? .outOfMemory : .exit(status))
        case .extensionFailure(let errorType, let reason): self = .fault(.extensionFailure(errorType: errorType, reason: reason))
        }
    }

    var fault: InvocationFault? {
        if case .fault(let fault) = self { fault } else { nil }
    }

    /// Whether the sandbox is of no use any more.
    var endsProcess: Bool {
        switch self {
        case .response, .streamed, .error(_, isInit: false): false
        case .error(_, isInit: true), .fault: true
        }
    }

    /// What extensions are told when the sandbox ends with it.
    var shutdownReason: ShutdownReason {
        if case .fault(.timeout) = self { .timeout } else { .failure }
    }

    var status: PlatformEvent.Status {
        switch self {
        case .response, .streamed(error: nil): .success
        case .streamed(error: .some(let error)), .error(let error, _): .error(type: error.type)
        case .fault(let fault): fault.status
        }
    }
}

extension InvocationResult {
    init(_ ending: InvocationEnding, _ requestID: String, logTail: [UInt8]) {
        switch ending {
        case .response(let payload): self.init(payload: payload, isError: false, logTail: logTail)
        case .streamed(error: nil): self.init(payload: [], isError: false, logTail: logTail)
        case .streamed(error: .some(let error)), .error(let error, _):
            self.init(payload: error.body, isError: true, logTail: logTail)
        case .fault(let fault): self.init(payload: fault.payload(requestID), isError: true, logTail: logTail)
        }
    }
}
