import LambdaModel

/// The invocations that are under way, by function and by account and region.
struct InvocationCounts: Sendable {
    private var byFunction: [FunctionARN: Int] = [:]
    private var byScope: [Scope: Int] = [:]

    var isEmpty: Bool { byFunction.isEmpty }

    var total: Int { byFunction.values.reduce(0, +) }

    /// Counts one more.
    ///
    /// - Parameters:
    ///   - reserved: How many the function may have; nil for as many as the account's.
    ///   - limit: How many an account may have in a region.
    /// - Throws: `APIError` TooManyRequestsException when no more may be, and then counts none.
    mutating func begin(_ function: FunctionARN, reserved: Int?, limit: Int) throws {
        if let reserved, byFunction[function, default: 0] >= reserved {
            throw APIError.tooManyRequests(reason: "ReservedFunctionConcurrentInvocationLimitExceeded")
        }
        guard byScope[function.scope, default: 0] < limit else {
            throw APIError.tooManyRequests(reason: "ConcurrentInvocationLimitExceeded")
        }
        byFunction[function, default: 0] += 1
        byScope[function.scope, default: 0] += 1
    }

    mutating func end(_ function: FunctionARN) {
        byFunction[function] = byFunction[function].flatMap { $0 > 1 ? $0 - 1 : nil }
        byScope[function.scope] = byScope[function.scope].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
}
