import LaminaErrors

/// Work that is given up when it takes too long.
package enum TimeLimit {
    /// Runs the work, which is cancelled when the time is over.
    ///
    /// - Throws: The failure then, and whatever the work throws.
    package static func run<T: Sendable>(
        _ limit: Duration, else failure: LaminaError, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw failure }
            return result
        }
    }
}
