import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A thread that watches one sandbox: its output, and what bubblewrap tells of it by `--json-status-fd`, which is the process inside and its end.
final class SandboxMonitor: Sendable {
    private struct State {
        var child: pid_t?
        var exit: Int?
        /// The status that ``exit()`` gives.
        var end: Int?
        var childWaiter: CheckedContinuation<pid_t?, Never>?
        var exitWaiters: [CheckedContinuation<Int, Never>] = []
    }

    private let state = Mutex(State())

    /// Takes over the status pipe's reading end.
    ///
    /// - Parameter onExit: Called once, when all processes of the sandbox are gone, with the status that a shell would show.
    init(bubblewrap: pid_t, status: CInt, output: OutputPipe, onExit: @escaping @Sendable (Int) -> Void) {
        Thread.detachNewThread { [self] in
            // The status pipe ends with the last process.
            OutputPipe.watch([output], beside: status) { take(Data($0)) }
            var result: CInt = 0
            while waitpid(bubblewrap, &result, 0) < 0, errno == EINTR {}
            onExit(end())
        }
    }

    /// The process id of the sandbox's first process, seen from here; nil when bubblewrap ended before it had one.
    func child() async -> pid_t? {
        await withCheckedContinuation { continuation in
            let known: pid_t?? = state.withLock { state in
                if state.child != nil || state.end != nil { return .some(state.child) }
                state.childWaiter = continuation
                return .none
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// Waits until all processes are gone, and gives the status that a shell would show.
    @discardableResult
    func exit() async -> Int {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.exitWaiters.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    private func take(_ line: Data) {
        guard let message = try? JSONDecoder().decode(Message.self, from: line) else { return }
        let waiter = state.withLock { state -> CheckedContinuation<pid_t?, Never>? in
            state.child = message.child ?? state.child
            state.exit = message.exit ?? state.exit
            guard state.child != nil else { return nil }
            defer { state.childWaiter = nil }
            return state.childWaiter
        }
        waiter?.resume(returning: message.child)
    }

    /// Wakes whoever waits; gives the exit status, which is SIGKILL's where bubblewrap could not tell.
    private func end() -> Int {
        let (status, childWaiter, exitWaiters) = state.withLock { state in
            let status = state.exit ?? 128 + Int(SIGKILL)
            state.end = status
            defer { (state.childWaiter, state.exitWaiters) = (nil, []) }
            return (status, state.childWaiter, state.exitWaiters)
        }
        childWaiter?.resume(returning: nil)
        for waiter in exitWaiters { waiter.resume(returning: status) }
        return status
    }

    private struct Message: Decodable {
        var child: pid_t?
        var exit: Int?

        enum CodingKeys: String, CodingKey {
            case child = "child-pid"
            case exit = "exit-code"
        }
    }
}
