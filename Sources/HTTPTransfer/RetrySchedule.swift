import LaminaErrors

/// How long to wait before a request is sent again: twice as long each time, with a random part so that clients spread.
package struct RetrySchedule: Sendable {
    /// Times that a request is sent at most.
    package var attempts = 4
    /// Milliseconds before the second attempt, at most.
    package var base = 200
    /// Milliseconds before any attempt, at most.
    package var limit = 5000

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
                try await Task.sleep(for: pause)
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
