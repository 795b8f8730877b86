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
    private var slots: [String: Slot] = [:]
    /// Environments that are being made.
    private var starting = 0
    private var isClosed = false

    public init(_ settings: ExecutionSettings, blobs: any BlobStore, logger: Logger) throws {
        context = try ExecutionContext(settings, blobs: blobs)
        self.logger = logger
        if context.cgroups == nil { logger.notice("no memory cgroups here: functions' memory is watched, not limited") }
    }

    /// Runs an invocation in a warm environment of the function's present revision, or in a new one.
    ///
    /// - Throws: `APIError` TooManyRequestsException when all environments are busy, `LaminaError` when none can be made.
    public func invoke(_ function: LambdaFunction, _ invocation: Invocation) async throws -> InvocationResult {
        let environment = try await acquire(function)
        do {
            let result = try await environment.invoke(invocation)
            await release(environment)
            return result
        } catch {
            retire(environment.id)
            await release(environment)
            throw error
        }
    }

    /// Ends a function's environments, now or after their invocation.
    public func retire(_ function: FunctionARN) async {
        await end { $0.environment.function.arn == function }
    }

    /// Ends environments that have waited too long. Call now and then.
    public func endIdle() async {
        let limit = ContinuousClock.now - context.settings.idleTime
        await end { !$0.isBusy && $0.lastUse < limit }
    }

    /// Ends all environments, whatever they do.
    public func close() async {
        isClosed = true
        let all = slots.values.map(\.environment)
        slots = [:]
        await withTaskGroup { group in
            for environment in all { group.addTask { await environment.close() } }
        }
        context.close()
    }

    private func acquire(_ function: LambdaFunction) async throws -> ExecutionEnvironment {
        guard !isClosed else { throw APIError.service("the server is stopping") }
        let own = slots.filter { !$0.value.isBusy && !$0.value.isRetired && $0.value.environment.function.arn == function.arn }
        if let slot = own.values.first(where: { $0.environment.function.revisionID == function.revisionID }) {
            slots[slot.environment.id]?.isBusy = true
            return slot.environment
        }
        await end { !$0.isBusy && $0.environment.function.arn == function.arn && $0.environment.function.revisionID != function.revisionID }
        var evicted: String?
        if slots.count + starting >= context.settings.environments {
            guard let oldest = slots.values.filter({ !$0.isBusy }).min(by: { $0.lastUse < $1.lastUse })?.environment.id else {
                throw APIError("TooManyRequestsException", status: 429, "Rate Exceeded.")
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
        guard !isClosed else {
            await environment.close()
            throw APIError.service("the server is stopping")
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
