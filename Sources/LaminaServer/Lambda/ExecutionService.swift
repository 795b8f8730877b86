import Execution
import ServiceLifecycle

/// Runs asynchronous invocations, keeps environments ready, ends idle ones now and then, and all of them with the server.
struct ExecutionService: Service {
    let executor: FunctionExecutor
    let events: EventQueue
    let keeper: ProvisionKeeper
    /// How often idle environments are looked for.
    let interval: Duration

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    while true {
                        try await Task.sleep(for: interval)
                        await executor.endIdle()
                    }
                }
                group.addTask { try await keeper.run() }
                group.addTask {
                    // What is under way ends with its environment.
                    await withTaskCancellationHandler {
                        await events.run()
                    } onCancel: {
                        Task { await executor.close() }
                    }
                }
                try await group.waitForAll()
            }
        }
        // Not to be cut short when the shutdown itself is cancelled.
        await Task { await executor.close() }.value
    }
}
