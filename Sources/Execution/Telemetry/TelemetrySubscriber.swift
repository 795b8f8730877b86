import Foundation
import Logging
import Synchronization

/// One subscription: what waits for it, and the thread that sends it.
final class TelemetrySubscriber: Sendable {
    private struct State {
        var buffer: TelemetryBuffer
        /// Those who wait until nothing waits to be sent.
        var flushers: [Int: CheckedContinuation<Void, Never>] = [:]
        var flusherCount = 0
        var isOver = false
    }

    /// How often a batch is offered before it is dropped, with twice the wait each time.
    private static let tries = 6
    private static let firstWait: UInt32 = 50_000

    let extensionName: String
    let subscription: TelemetrySubscription
    private let context: RecordContext
    private let isJSONLog: Bool
    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)

    init(
        _ extensionName: String, _ subscription: TelemetrySubscription, _ context: RecordContext, isJSONLog: Bool,
        in namespaces: SandboxNamespaces, logger: Logger
    ) {
        self.extensionName = extensionName
        self.subscription = subscription
        self.context = context
        self.isJSONLog = isJSONLog
        state = Mutex(State(buffer: TelemetryBuffer(subscription.buffering)))
        Thread.detachNewThread { [self] in
            do {
                run(try TelemetrySender(subscription.destination, in: namespaces))
            } catch {
                logger.warning("\(extensionName) of \(context.functionName) gets no telemetry: \(error)")
                end()
            }
        }
    }

    func add(_ event: EnvironmentEvent) {
        guard let record = subscription.record(of: event, in: context, isJSONLog: isJSONLog) else { return }
        if state.withLock({ $0.buffer.add(record) }) { signal.signal() }
    }

    /// Adds what happened before.
    func add(_ missed: MissedEvents) {
        let dropped = subscription.categories.compactMap { missed.dropped[$0] }
        if !dropped.isEmpty {
            state.withLock { state in for part in dropped { state.buffer.drop(records: part.records, bytes: part.bytes) } }
        }
        for event in missed.events { add(event) }
    }

    /// Sends what there is without waiting for more, and gives it some time.
    func flush(within limit: Duration) async {
        var expiry: Task<Void, any Error>?
        await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                guard !state.isOver else { return nil }
                state.flusherCount += 1
                state.flushers[state.flusherCount] = continuation
                return state.flusherCount
            }
            guard let number else { return continuation.resume() }
            expiry = Task {
                try await Task.sleep(for: limit)
                state.withLock { $0.flushers.removeValue(forKey: number) }?.resume()
            }
            signal.signal()
        }
        expiry?.cancel()
    }

    /// Sends nothing any more: the sandbox is gone.
    func end() {
        state.withLock { $0.isOver = true }
        wakeFlushers()
        signal.signal()
    }

    private func wakeFlushers() {
        let flushers = state.withLock { state in
            defer { state.flushers = [:] }
            return state.flushers.values
        }
        for flusher in flushers { flusher.resume() }
    }

    private func run(_ sender: TelemetrySender) {
        while true {
            let (batch, due, isFlushing, isOver) = state.withLock { state in
                let isFlushing = !state.flushers.isEmpty
                return (state.buffer.take(at: isFlushing ? nil : .now), state.buffer.due, isFlushing, state.isOver)
            }
            if isOver { return }
            if let batch {
                deliver(batch, sender)
                continue
            }
            if isFlushing { wakeFlushers() }
            if let due {
                _ = signal.wait(timeout: .now() + max(0, (due - .now) / .seconds(1)))
            } else {
                signal.wait()
            }
        }
    }

    /// There may be no listener yet, or a slow one.
    private func deliver(_ batch: [[UInt8]], _ sender: TelemetrySender) {
        var wait = Self.firstWait
        for attempt in 1...Self.tries {
            if sender.send(batch) { return }
            if state.withLock({ $0.isOver }) { return }
            guard attempt < Self.tries else { break }
            usleep(wait)
            wait *= 2
        }
        state.withLock { $0.buffer.drop(records: batch.count, bytes: batch.reduce(0) { $0 + $1.count }) }
    }
}
