import Foundation
import LambdaModel
import LaminaErrors
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The Runtime API of one sandbox: the HTTP server at 127.0.0.1:9001 inside it, and the invocation that is under way.
final class RuntimeEndpoint: Sendable {
    typealias Outcome = RuntimeSlot<RuntimeAPIHandler.Poll>.Outcome

    private struct State {
        var slot = RuntimeSlot<RuntimeAPIHandler.Poll>()
        var current: Current?
        var firstPoll: ContinuousClock.Instant?
    }

    private struct Current {
        var headers: HTTPHeaders
        var payload: [UInt8]
        var timeout: TimeAmount
        var timer: Scheduled<Void>?
        var begin: ContinuousClock.Instant?
        var onBegin: @Sendable () -> Void
        var completion: CheckedContinuation<Finish, Never>
    }

    /// An invocation's end.
    struct Finish: Sendable {
        var outcome: Outcome
        /// When the runtime was given the event; nil where it never was.
        var begin: ContinuousClock.Instant?
        var end: ContinuousClock.Instant
    }

    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Serves the Runtime API on a listening socket.
    func listen(on socket: CInt) async throws -> any Channel {
        try await ServerBootstrap(group: eventLoop, childGroup: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(RuntimeAPIHandler(endpoint: self))
                }
            }
            .withBoundSocket(socket).get()
    }

    /// When the runtime first asked for an invocation, that is, when its init phase ended.
    var ready: ContinuousClock.Instant? { state.withLock { $0.firstPoll } }

    /// Runs one invocation to its end.
    ///
    /// - Parameter onBegin: Called when the runtime is about to be given the event.
    func invoke(_ invocation: Invocation, timeout: TimeAmount, onBegin: @escaping @Sendable () -> Void) async -> Finish {
        await withCheckedContinuation { continuation in
            let action = state.withLock { state in
                state.current = Current(
                    headers: headers(invocation, timeout), payload: invocation.payload, timeout: timeout,
                    onBegin: onBegin, completion: continuation)
                return state.slot.begin(invocation.requestID)
            }
            perform(action)
        }
    }

    /// The process has ended.
    func exit(_ status: Int) { perform(state.withLock { $0.slot.exit(status) }) }

    /// The time of an invocation, or of the init phase before it, is over.
    func expire(_ requestID: String) { perform(state.withLock { $0.slot.expire(requestID) }) }

    // MARK: What the runtime asks

    func poll(_ poll: RuntimeAPIHandler.Poll) {
        let action = state.withLock { state in
            if state.firstPoll == nil { state.firstPoll = .now }
            return state.slot.poll(poll)
        }
        if case .refuse(let reason) = action { poll.refuse(reason) } else { perform(action) }
    }

    /// Nil where the answer is taken, else why not.
    func answer(_ requestID: String, _ outcome: Outcome) -> String? { settle(state.withLock { $0.slot.answer(requestID, outcome) }) }

    func failInit(_ body: [UInt8]) -> String? { settle(state.withLock { $0.slot.failInit(body) }) }

    private func settle(_ action: RuntimeSlot<RuntimeAPIHandler.Poll>.Action) -> String? {
        if case .refuse(let reason) = action { return reason }
        perform(action)
        return nil
    }

    private func perform(_ action: RuntimeSlot<RuntimeAPIHandler.Poll>.Action) {
        switch action {
        case .none, .refuse: break
        case .send(let requestID, let poll):
            let current = state.withLock { state in
                state.current?.begin = .now
                guard let timeout = state.current?.timeout else { return state.current }
                state.current?.timer = eventLoop.scheduleTask(in: timeout) { [weak self] in self?.expire(requestID) }
                return state.current
            }
            guard let current else { return }
            current.onBegin()
            var headers = current.headers
            headers.add(name: "Lambda-Runtime-Deadline-Ms", value: Self.deadline(after: current.timeout))
            poll.send(headers, current.payload)
        case .complete(let outcome):
            let current = state.withLock { state in
                defer { state.current = nil }
                return state.current
            }
            current?.timer?.cancel()
            current?.completion.resume(returning: Finish(outcome: outcome, begin: current?.begin, end: .now))
        }
    }

    private static func deadline(after timeout: TimeAmount) -> String {
        String(Int64(Date().timeIntervalSince1970 * 1000) + timeout.nanoseconds / 1_000_000)
    }

    private func headers(_ invocation: Invocation, _ timeout: TimeAmount) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": invocation.requestID,
            "Lambda-Runtime-Invoked-Function-Arn": invocation.functionARN.description, "Lambda-Runtime-Trace-Id": TraceID.make(),
        ]
        if let context = invocation.clientContext { headers.add(name: "Lambda-Runtime-Client-Context", value: context) }
        return headers
    }
}

/// X-Ray's trace header: `Root=1-SECONDS-96 BITS;Parent=64 BITS;Sampled=0`.
enum TraceID {
    static func make() -> String {
        func hexadecimal(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
        }
        let seconds = hexadecimal(UInt64(Date().timeIntervalSince1970), 8)
        let root = hexadecimal(.random(in: .min ... .max), 16) + hexadecimal(.random(in: .min ... .max), 8)
        return "Root=1-\(seconds)-\(root);Parent=\(hexadecimal(.random(in: .min ... .max), 16));Sampled=0"
    }
}
