import Foundation
import LambdaModel
import LaminaErrors
import Logging
import Storage

/// Runs functions: keeps warm environments, starts new ones, and ends those that no one needs.
public actor FunctionExecutor {
    private let context: ExecutionContext
    private let logger: Logger
    /// What is made ready while the server starts.
    private let preparation: Task<Void, any Error>
    private var pool = EnvironmentPool<ExecutionEnvironment>()
    private var running = InvocationCounts()
    /// Environments that end while others go on.
    private var endings: [UUID: Task<Void, Never>] = [:]
    private var closing: Task<Void, Never>?
    /// ``close()``, which waits for the last invocation to end.
    private var awaitsEnd: CheckedContinuation<Void, Never>?
    /// When the log last told that there were too few environments.
    private var limitTold: ContinuousClock.Instant?

    /// - Parameters:
    ///   - blobs: Where functions' zips are; nil when none has its content there.
    ///   - logs: Where log lines go; nil for nowhere.
    public init(_ settings: ExecutionSettings, blobs: (any BlobStore)?, logs: (any LogSink)? = nil, logger: Logger) throws {
        context = try ExecutionContext(settings, blobs: blobs, logs: logs, logger: logger)
        self.logger = logger
        preparation = Task { [context] in try await context.sandboxes.prepare() }
    }

    /// Waits until it is known that functions can have the network that ``ExecutionSettings/network`` asks for, where only a try tells.
    ///
    /// - Throws: `LaminaError` `unavailable` when they cannot, saying why; the executor is closed then.
    public func proveNetwork() async throws {
        guard context.settings.network == .nat else { return }
        do {
            try await preparation.value
        } catch {
            await close()
            throw error
        }
    }

    /// Runs an invocation in a warm environment of this version as it is now, or in a new one.
    ///
    /// - Parameters:
    ///   - content: Nil for what the registry keeps of the function.
    ///   - reservedConcurrency: How many invocations of the function's versions may run at a time; nil for as many as the account's may.
    /// - Throws: `APIError` TooManyRequestsException when no more may run, `LaminaError` when no environment can be made, with the code
    ///   `stopping` when ``close()`` came before the invocation's end.
    public func invoke(
        _ function: LambdaFunction, content: FunctionContent? = nil, _ invocation: Invocation, reservedConcurrency: Int?
    ) async throws -> InvocationResult {
        defer { invocation.stream?.finish() }
        let arn = function.arn
        try running.begin(arn, reserved: reservedConcurrency, limit: context.settings.concurrency)
        var isUnderWay = false
        defer { if !isUnderWay { finished(arn) } }
        let environment = try await acquire(EnvironmentWork(function: function, content: content ?? FunctionContent(function)))
        do {
            let (result, isSettled) = try await environment.invoke(invocation)
            // An invocation that was ended with its sandbox has not failed of itself.
            if closing != nil, result.isError { throw Self.stopping }
            if isSettled {
                release(environment)
            } else {
                isUnderWay = true
                Task { await settle(environment, arn) }
            }
            return result
        } catch {
            release(environment, isBroken: true)
            // What fails then fails of its end.
            throw closing != nil ? Self.stopping : error
        }
    }

    /// The caller has its answer; the invocation counts until the extensions are done.
    private func settle(_ environment: ExecutionEnvironment, _ arn: FunctionARN) async {
        await environment.settle()
        release(environment)
        finished(arn)
    }

    /// Sees to it that so many environments of each function are ready, and lets those go that were ready for others.
    ///
    /// - Returns: What could not be made ready, and why.
    public func provision(_ targets: [(function: LambdaFunction, count: Int)]) async -> [(function: LambdaFunction, error: any Error)] {
        let works = targets.map { EnvironmentWork(function: $0.function, content: FunctionContent($0.function)) }
        pool.releaseProvisioned(except: works)
        var failures: [(LambdaFunction, any Error)] = []
        for (work, target) in zip(works, targets) {
            do {
                while closing == nil, pool.provisioned(for: work) < target.count {
                    let environment = try await start(work, .provisionedConcurrency)
                    pool.insert(environment.id, environment, work, isBusy: true, isProvisioned: true)
                    do {
                        try await environment.initialize()
                    } catch {
                        release(environment, isBroken: true)
                        throw error
                    }
                    release(environment)
                }
            } catch {
                failures.append((target.function, error))
            }
        }
        return failures
    }

    /// Ends the environments of a function, or of one of its versions, now or after their invocation.
    public func retire(_ function: FunctionARN) async {
        await end(
            pool.retire { work in
                work.function.arn == function.unqualified
                    && (function.qualifier == nil || function.qualifier == work.function.versionText)
            })
    }

    /// Ends environments that have waited too long, and removes unpacked zips that no one needs. Call now and then.
    public func endIdle() async {
        await end(pool.removeIdle(since: .now - context.settings.idleTime))
        await context.unpacked.evict()
    }

    /// How many invocations are under way.
    public var invocationCount: Int { running.total }

    /// Ends all environments, whatever they do; they are gone when this returns, whoever called it first.
    public func close() async {
        let task = closing ?? Task { await closeAll() }
        closing = task
        await task.value
    }

    static let stopping = LaminaError(.stopping, "the server is stopping")

    private func closeAll() async {
        await end(pool.removeAll())
        await lastInvocation()
        while let ending = endings.values.first { await ending.value }
        _ = await preparation.result
        await context.close()
    }

    /// Waits until every invocation is told that it was ended, and no environment is being made: one may have a sandbox to end yet.
    ///
    /// One that waits for a runtime's client to be installed is not waited for longer than five seconds.
    private func lastInvocation() async {
        guard !isQuiet else { return }
        let limit = Task {
            try await Task.sleep(for: .seconds(5))
            goOnClosing()
        }
        await withCheckedContinuation { awaitsEnd = $0 }
        limit.cancel()
    }

    private var isQuiet: Bool { running.isEmpty && pool.starting == 0 }

    private func goOnClosing() {
        awaitsEnd?.resume()
        awaitsEnd = nil
    }

    private func finished(_ arn: FunctionARN) {
        running.end(arn)
        if isQuiet { goOnClosing() }
    }

    private func acquire(_ work: EnvironmentWork) async throws -> ExecutionEnvironment {
        guard closing == nil else { throw Self.stopping }
        if let environment = pool.take(for: work) { return environment }
        let environment = try await start(work, .onDemand)
        pool.insert(environment.id, environment, work, isBusy: true)
        return environment
    }

    /// Makes an environment, in the place of one that waits where there is no other.
    private func start(_ work: EnvironmentWork, _ initialization: InitializationType) async throws -> ExecutionEnvironment {
        let outdated = pool.retire { $0.isSameVersion(as: work) && !$0.serves(work) }
        var evicted: ExecutionEnvironment?
        if pool.count >= context.settings.environments {
            evicted = pool.removeOldestIdle()
            if evicted == nil {
                endAside(outdated)
                tellLimit()
                throw APIError.tooManyRequests(reason: "ConcurrentInvocationLimitExceeded")
            }
        }
        // Counted before anything is awaited, so that no other caller takes the place.
        pool.starting += 1
        defer {
            pool.starting -= 1
            if isQuiet { goOnClosing() }
        }
        endAside(outdated)
        if let evicted { await end([evicted]) }
        let environment = try await ExecutionEnvironment(work.function, work.content, initialization, context)
        guard closing == nil else {
            await environment.close()
            throw Self.stopping
        }
        return environment
    }

    /// Tells, at most once a minute, that it is not the account's limit that an invocation was refused for.
    private func tellLimit() {
        if let limitTold, .now - limitTold < .seconds(60) { return }
        limitTold = .now
        logger.warning(
            "invocations are refused: no more than \(context.settings.environments) environments run at a time; --environments allows more")
    }

    private func release(_ environment: ExecutionEnvironment, isBroken: Bool = false) {
        endAside([pool.release(environment.id, isBroken: isBroken)].compactMap { $0 })
    }

    /// Ends environments and does not wait for it: who was answered, or takes their place, goes on meanwhile.
    private func endAside(_ environments: [ExecutionEnvironment]) {
        guard !environments.isEmpty else { return }
        let id = UUID()
        endings[id] = Task {
            await end(environments)
            endings[id] = nil
        }
    }

    private func end(_ environments: [ExecutionEnvironment]) async {
        await withTaskGroup { group in
            for environment in environments { group.addTask { await environment.close() } }
        }
    }
}
