import Synchronization

/// Refuses a sender's requests for a while when too many of its signatures were wrong.
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

    func isBlocked(_ sender: Sender, now: ContinuousClock.Instant = .now) -> Bool {
        windows.withLock { windows in
            guard let window = windows[sender] else { return false }
            return window.failures >= Self.failureLimit && now - window.start < Self.windowLength
        }
    }

    func noteFailure(_ sender: Sender, now: ContinuousClock.Instant = .now) {
        windows.withLock { windows in
            if windows.count >= Self.senderLimit, windows[sender] == nil {
                windows = windows.filter { now - $0.value.start < Self.windowLength }
                if windows.count >= Self.senderLimit { windows.removeAll() }
            }
            if let window = windows[sender], now - window.start < Self.windowLength {
                windows[sender]?.failures += 1
            } else {
                windows[sender] = Window(start: now, failures: 1)
            }
        }
    }
}
