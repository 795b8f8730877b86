import Foundation
import LambdaModel
import Synchronization

/// A transfer's progress: one line on standard error that renews itself, on a terminal, from the second second on.
final class TransferLine: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant
        var isDrawn = false
    }

    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state: Mutex<State>

    /// - Parameter label: What is done, as in `uploading`.
    init(_ label: String) {
        self.label = label
        // As if it had been drawn in a moment from now: what takes less than a second shows nothing.
        state = Mutex(State(lastDrawn: .now + .milliseconds(900)))
    }

    /// Shows how far it is; at most ten times a second.
    ///
    /// - Parameter total: 0 or less where it is not known.
    func show(_ done: Int, _ total: Int) {
        guard isTerminal else { return }
        state.withLock { state in
            guard ContinuousClock.now - state.lastDrawn > .milliseconds(100) else { return }
            state.lastDrawn = .now
            state.isDrawn = true
            let share = total > 0 ? " of \(total.byteText), \(min(100, done * 100 / total)) %" : ""
            StandardError.write("\r\u{1b}[K\(label) \(done.byteText)\(share)")
        }
    }

    /// Clears the line.
    func finish() {
        state.withLock { state in
            if state.isDrawn { StandardError.write("\r\u{1b}[K") }
            state.isDrawn = false
        }
    }
}
