import LaminaErrors

/// How long to wait before a request is sent again: twice as long each time, with a random part so that clients spread.
package struct RetrySchedule: Sendable {
    /// Times that a request is sent at most.
    package var attempts = 4
    /// Milliseconds before the second attempt, at most.
    package var base = 200
    /// Milliseconds before any attempt, at most.
    package var limit = 5000
    /// What is waited at most where the service says how long.
    private static let longestWait = Duration.seconds(30)

    package init() {}

    package init(attempts: Int, base: Int, limit: Int) { (self.attempts, self.base, self.limit) = (attempts, base, limit) }

    /// Does something, and does it again after a pause while the network fails or the service is busy.
    ///
    /// - Parameters:
    ///   - isolation: Where the body runs.
    ///   - isRepeatable: Whether doing it twice does no more than doing it once.
    package func run<T>(
        isolation: isolated (any Actor)? = #isolation, isRepeatable: Bool = true, _ body: () async throws -> T
    ) async throws -> T {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let error as LaminaError where isRepeatable && (error.code == .network || error.code == .unavailable) {
                guard let pause = pause(after: attempt, random: .random(in: 0...1)) else { throw error }
                let wanted = (error.cause as? RetryAfter)?.duration ?? .zero
                // A service that wants longer is told to the user, who may come back.
                guard wanted <= Self.longestWait else { throw error }
                try await Task.sleep(for: max(pause, wanted))
                attempt += 1
            }
        }
    }

    /// The pause after an attempt that failed, numbered from 1; nil when there shall be no other.
    ///
    /// - Parameter random: From 0 to 1.
    package func pause(after attempt: Int, random: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        let longest = min(limit, base << (attempt - 1))
        return .milliseconds(longest / 2 + Int(Double(longest / 2) * random))
    }
}

/// How long a busy service wants to be left alone (RFC 9110, 10.2.3).
struct RetryAfter: Error, Equatable, CustomStringConvertible {
    let duration: Duration

    /// Nil for what is no number of seconds; a date is not taken, as clocks differ.
    init?(_ header: String) {
        guard let seconds = Int(header), (0...86_400).contains(seconds) else { return nil }
        duration = .seconds(seconds)
    }

    var description: String { "try again after \(duration.components.seconds) s" }
}
