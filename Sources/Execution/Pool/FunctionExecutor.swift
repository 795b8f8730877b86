import Foundation
import LambdaModel
import LaminaErrors
import Logging
import Storage

/// Runs functions: keeps warm environments, starts new ones, and ends those that no one needs.
public actor FunctionExecutor {
    private struct Slot {
        var environment: ExecutionEnvironment
        var isBusy = true
        var lastUse = ContinuousClock.now
        /// Ends instead of waiting for another invocation.
        var isRetired = false
    }

    private let context: ExecutionContext
    private let logger: Logger
    private let preparation: Task<Void, Never>
    private var slots: [String: Slot] = [:]
    /// Environments that are being made.
    private var starting = 0
    /// Invocations that are under way, by function.
    private var running: [FunctionARN: Int] = [:]
    private var closing: Task<Void, Never>?
    /// ``close()``, which waits for the last invocation to end.
    private var awaitsEnd: CheckedContinuation<Void, Never>?

    public init(_ settings: ExecutionSettings, blobs: any BlobStore, logger: Logger) throws {
        context = try ExecutionContext(settings, blobs: blobs, logger: logger)
        self.logger = logger
        preparation = Task { [context] in await context.sandboxes.prepare() }
    }

    /// Runs an invocation in a warm environment of this version as it is now, or in a new one.
    ///
    /// - Parameter reservedConcurrency: How many invocations of the function's versions may run at a time; nil for as many as all functions may.
    /// - Throws: `APIError` TooManyRequestsException when no more may run, `LaminaError` when no environment can be made, with the code
    ///   `stopping` when ``close()`` came before the invocation's end.
    public func invoke(_ function: LambdaFunction, _ invocation: Invocation, reservedConcurrency: Int?) async throws -> InvocationResult {
        let arn = function.arn
        if let reservedConcurrency, running[arn, default: 0] >= reservedConcurrency {
            throw APIError.tooManyRequests(reason: "ReservedFunctionConcurrentInvocationLimitExceeded")
        }
        running[arn, default: 0] += 1
        defer { finished(arn) }
        let environment = try await acquire(function)
        do {
            let result = try await environment.invoke(invocation)
            // An invocation that was ended with its sandbox has not failed of itself.
            if closing != nil, result.isError { throw Self.stopping }
            await release(environment)
            return result
        } catch {
            retire(environment.id)
            await release(environment)
            throw error
        }
    }

    /// Ends the environments of a function, or of one of its versions, now or after their invocation.
    public func retire(_ function: FunctionARN) async {
        await end {
            $0.environment.function.arn == function.unqualified
                && (function.qualifier == nil || function.qualifier == $0.environment.function.versionText)
        }
    }

    /// Ends environments that have waited too long. Call now and then.
    public func endIdle() async {
        let limit = ContinuousClock.now - context.settings.idleTime
        await end { !$0.isBusy && $0.lastUse < limit }
    }

    /// Ends all environments, whatever they do; they are gone when this returns, whoever called it first.
    public func close() async {
        let task = closing ?? Task { await closeAll() }
        closing = task
        await task.value
    }

    static let stopping = LaminaError(.stopping, "the server is stopping")

    private func closeAll() async {
        let all = slots.values.map(\.environment)
        slots = [:]
        await withTaskGroup { group in
            for environment in all { group.addTask { await environment.close() } }
        }
        await lastInvocation()
        await preparation.value
        await context.close()
    }

    /// Waits until every invocation is told that it was ended: one that was starting a sandbox has that to end yet.
    ///
    /// One that waits for a runtime's client to be installed is not waited for longer than five seconds.
    private func lastInvocation() async {
        guard !running.isEmpty else { return }
        let limit = Task {
            try await Task.sleep(for: .seconds(5))
            goOnClosing()
        }
        await withCheckedContinuation { awaitsEnd = $0 }
        limit.cancel()
    }

    private func goOnClosing() {
        awaitsEnd?.resume()
        awaitsEnd = nil
    }

    private func finished(_ arn: FunctionARN) {
        running[arn] = running[arn].flatMap { $0 > 1 ? $0 - 1 : nil }
        if running.isEmpty { goOnClosing() }
    }

    private func acquire(_ function: LambdaFunction) async throws -> ExecutionEnvironment {
        guard closing == nil else { throw Self.stopping }
        let own = slots.values.filter {
            !$0.isBusy && !$0.isRetired && $0.environment.function.arn == function.arn
                && $0.environment.function.version == function.version
        }
        if let slot = own.first(where: { $0.environment.function.sharesEnvironments(with: function) }) {
            slots[slot.environment.id]?.isBusy = true
            return slot.environment
        }
        let outdated = Set(own.map(\.environment.id))
        await end { !$0.isBusy && outdated.contains($0.environment.id) }
        var evicted: String?
        if slots.count + starting >= context.settings.environments {
            guard let oldest = slots.values.filter({ !$0.isBusy }).min(by: { $0.lastUse < $1.lastUse })?.environment.id else {
                throw APIError.tooManyRequests(reason: "ConcurrentInvocationLimitExceeded")
            }
            evicted = oldest
        }
        // Counted before anything is awaited, so that no other caller takes the place.
        starting += 1
        defer { starting -= 1 }
        if let evicted { await end { $0.environment.id == evicted } }
        return try await start(function)
    }

    private func start(_ function: LambdaFunction) async throws -> ExecutionEnvironment {
        let environment = try await ExecutionEnvironment(function, context)
        guard closing == nil else {
            await environment.close()
            throw Self.stopping
        }
        slots[environment.id] = Slot(environment: environment)
        return environment
    }

    private func release(_ environment: ExecutionEnvironment) async {
        guard let slot = slots[environment.id] else { return }
        slots[environment.id]?.isBusy = false
        slots[environment.id]?.lastUse = .now
        if slot.isRetired { await end { $0.environment.id == environment.id } }
    }

    private func retire(_ id: String) { slots[id]?.isRetired = true }

    /// Ends the free ones among the slots that match, and marks the busy ones to end when they are done.
    private func end(where matches: (Slot) -> Bool) async {
        var ended: [ExecutionEnvironment] = []
        for (id, slot) in slots where matches(slot) {
            if slot.isBusy {
                slots[id]?.isRetired = true
            } else {
                slots[id] = nil
                ended.append(slot.environment)
            }
        }
        for environment in ended { await environment.close() }
    }
}
