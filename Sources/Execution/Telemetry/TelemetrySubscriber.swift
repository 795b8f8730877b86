import Foundation
import Synchronization

/// One subscription: what waits for it, and the thread that sends it.
final class TelemetrySubscriber: Sendable {
    private struct State {
        var buffer: TelemetryBuffer
        var isFlushing = false
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

    /// - Parameter process: One inside the sandbox.
    init(_ extensionName: String, _ subscription: TelemetrySubscription, _ context: RecordContext, isJSONLog: Bool, in process: pid_t) {
        self.extensionName = extensionName
        self.subscription = subscription
        self.context = context
        self.isJSONLog = isJSONLog
        state = Mutex(State(buffer: TelemetryBuffer(subscription.buffering)))
        Thread.detachNewThread { [self] in
            guard let sender = try? TelemetrySender(subscription.destination, in: process) else { return }
            run(sender)
        }
    }

    func add(_ event: EnvironmentEvent) {
        guard let record = subscription.record(of: event, in: context, isJSONLog: isJSONLog) else { return }
        if state.withLock({ $0.buffer.add(record) }) { signal.signal() }
    }

    /// Sends what there is without waiting for more.
    func flush() {
        state.withLock { $0.isFlushing = true }
        signal.signal()
    }

    /// Sends nothing any more: the sandbox is gone.
    func end() {
        state.withLock { $0.isOver = true }
        signal.signal()
    }

    private func run(_ sender: TelemetrySender) {
        while true {
            let (batch, due, isOver) = state.withLock { state in
                let batch = state.buffer.take(at: state.isFlushing ? nil : .now)
                if batch == nil { state.isFlushing = false }
                return (batch, state.buffer.due, state.isOver)
            }
            if isOver { return }
            if let batch {
                deliver(batch, sender)
            } else if let due {
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
