import Execution
import Logging
import ServiceLifecycle
import UnixSignals

/// Says what a server waits for that is told to stop, and ends it when it is told again.
struct StopNotice: Service {
    let executor: FunctionExecutor
    /// How long the server waits.
    let limit: Duration
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        let count = await executor.invocationCount
        guard count > 0 else { return }
        logger.notice(
            "stopping: \(count == 1 ? "an invocation is" : "\(count) invocations are") under way; they are ended after \(limit.components.seconds) seconds, or now by another Ctrl-C"
        )
        // The other services begin to end when this one has.
        Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { await executor.close() }
        }
    }
}
