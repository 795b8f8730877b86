import Logging
import ServiceLifecycle
import Storage

/// Writes functions' logs while the server runs, and removes what is too old.
struct LogKeeping: Service {
    private static let sweepInterval = Duration.seconds(600)

    let store: LogStore
    let functionLogs: FunctionLogs
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await functionLogs.run() }
                group.addTask { await sweep() }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            functionLogs.finish()
        }
    }

    /// Until it is cancelled.
    private func sweep() async {
        repeat {
            do {
                try await onBlockingThread { try store.sweep() }
            } catch {
                logger.error("old logs cannot be removed", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: Self.sweepInterval)) != nil
    }
}
