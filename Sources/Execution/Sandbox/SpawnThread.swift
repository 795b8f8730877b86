import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The one thread that starts sandboxes.
///
/// A sandbox dies with its parent by `PR_SET_PDEATHSIG`, and that means the parent *thread*: one of a pool may end at any time, this one ends with the process.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let requests = Mutex<[@Sendable () -> Void]>([])
    private let signal = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                signal.wait()
                requests.withLock { $0.isEmpty ? nil : $0.removeFirst() }?()
            }
        }
    }

    func start(_ program: SpawnedProgram) async throws -> pid_t {
        try await withCheckedThrowingContinuation { continuation in
            requests.withLock { requests in
                requests.append { continuation.resume(with: Result { try program.start() }) }
            }
            signal.signal()
        }
    }
}
