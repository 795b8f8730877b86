import Dispatch

/// Runs work that waits for a disk where it holds up no task.
package func onBlockingThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
}

/// The same for work that is a task's own, from one suspension to the next.
package func onBlockingThreads<T>(_ work: () async throws -> T) async rethrows -> T {
    try await withTaskExecutorPreference(BlockingTaskExecutor.shared, operation: work)
}

private final class BlockingTaskExecutor: TaskExecutor {
    static let shared = BlockingTaskExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
