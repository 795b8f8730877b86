/// How long to wait before a request is sent again: twice as long each time, with a random part so that clients spread.
struct RetrySchedule: Sendable {
    /// Times that a request is sent at most.
    var attempts = 4
    /// Milliseconds before the second attempt, at most.
    var base = 200
    /// Milliseconds before any attempt, at most.
    var limit = 5000

    /// The pause after an attempt that failed, numbered from 1; nil when there shall be no other.
    ///
    /// - Parameter random: From 0 to 1.
    func pause(after attempt: Int, random: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        let longest = min(limit, base << (attempt - 1))
        return .milliseconds(longest / 2 + Int(Double(longest / 2) * random))
    }
}
