import Synchronization

/// Counts a sender's wrong signatures, and tells when they are too many for a while.
final class FailureThrottle: Sendable {
    /// Whose failures count together.
    struct Sender: Hashable {
        var address: String
        /// Nil for keys that do not exist.
        var accessKeyID: String?
    }

    private struct Window {
        var start: ContinuousClock.Instant
        var failures: Int
    }

    private static let failureLimit = 20
    private static let windowLength = Duration.seconds(60)
    private static let senderLimit = 10_000

    private let windows = Mutex<[Sender: Window]>([:])

    /// Whether this failure is one too many.
    func noteFailure(_ sender: Sender, now: ContinuousClock.Instant = .now) -> Bool {
        windows.withLock { windows in
            if windows.count >= Self.senderLimit, windows[sender] == nil {
                windows = windows.filter { now - $0.value.start < Self.windowLength }
                if windows.count >= Self.senderLimit { windows.removeAll() }
            }
            var window = windows[sender] ?? Window(start: now, failures: 0)
            if now - window.start >= Self.windowLength { window = Window(start: now, failures: 0) }
            window.failures += 1
            windows[sender] = window
            return window.failures > Self.failureLimit
        }
    }
}
