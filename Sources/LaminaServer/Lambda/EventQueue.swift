import Execution
import Foundation
import LambdaModel
import LaminaErrors
import Logging
import Registry
import Storage

/// Runs asynchronous invocations, which are kept in the catalog until they have succeeded or are given up.
///
/// An event is run at least once: a crash during an attempt lets it run again.
actor EventQueue {
    private static let attemptsAtATime = 16
    /// The longest wait of an event that was postponed.
    private static let longestDelay = Duration.seconds(300)

    private let registry: Registry
    private let executor: FunctionExecutor
    private let limit: Int
    private let retryDelay: Duration
    private let logger: Logger
    private var running: Set<String> = []
    private var postponements: [String: Int] = [:]
    private var isAwake = false
    private var waiter: CheckedContinuation<Void, Never>?

    /// - Parameters:
    ///   - limit: How many events may wait.
    ///   - retryDelay: How long a failed event waits for its second attempt; it waits twice as long for its third.
    init(registry: Registry, executor: FunctionExecutor, limit: Int, retryDelay: Duration, logger: Logger) {
        self.registry = registry
        self.executor = executor
        self.limit = limit
        self.retryDelay = retryDelay
        self.logger = logger
    }

    /// Takes an event; it is on disk when this returns.
    ///
    /// - Throws: `APIError` TooManyRequestsException when too many wait.
    func accept(_ event: QueuedEvent) async throws {
        try await registry.catalog.write { [limit] catalog in
            guard try catalog.countEvents() < limit else { throw APIError.tooManyRequests(reason: "ConcurrentInvocationLimitExceeded") }
            try catalog.insert(event)
        }
        wake()
    }

    /// Runs events as they are due, until it is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    for event in try due() {
                        running.insert(event.id)
                        group.addTask { await self.attempt(event) }
                    }
                    await rest(until: try registry.catalog.read { [running] in try $0.nextDue(besides: running) })
                } catch {
                    logger.error("the queue of events cannot be read", metadata: ["error": "\(error)"])
                    await rest(until: Date(timeIntervalSinceNow: 1))
                }
            }
        }
    }

    private func due() throws -> [QueuedEvent] {
        let free = Self.attemptsAtATime - running.count
        guard free > 0 else { return [] }
        return try registry.catalog.read { [running] in try $0.dueEvents(Date(), besides: running, limit: free) }
            .prefix(free).map(\.self)
    }

    // MARK: One attempt

    private func attempt(_ event: QueuedEvent) async {
        let outcome = await EventAttempt(event: event, registry: registry, executor: executor, retryDelay: retryDelay).run()
        // Until the outcome is kept the event must not run again.
        for failures in 0... {
            do {
                try await settle(event, outcome)
                break
            } catch {
                logger.error("an event's outcome cannot be kept", metadata: ["request": "\(event.id)", "error": "\(error)"])
            }
            guard (try? await Task.sleep(for: Self.delay(failures))) != nil else { break }
        }
        running.remove(event.id)
        wake()
    }

    private func settle(_ event: QueuedEvent, _ outcome: EventAttempt.Outcome) async throws {
        var event = event
        switch outcome {
        case .interrupted: return
        case .postponed:
            let count = postponements[event.id, default: 0]
            postponements[event.id] = count + 1
            event.due = Date() + Self.delay(count)
            try await registry.catalog.write(freesSpace: true) { [event] in try $0.postpone(event) }
            return
        case .failed(let next):
            event.attempts += 1
            if case .retry(let due) = next {
                event.due = due
                try await registry.catalog.write(freesSpace: true) { [event] in try $0.postpone(event) }
                return
            }
        case .succeeded: break
        }
        postponements[event.id] = nil
        let follower = try outcome.destination.flatMap { try follow($0, event) }
        try await registry.catalog.write(freesSpace: true) { [event] catalog in
            try catalog.deleteEvent(event.id)
            if let follower { try catalog.insert(follower) }
        }
    }

    /// How long to wait after so many vain tries before.
    private static func delay(_ count: Int) -> Duration { min(.seconds(1 << min(count, 9)), longestDelay) }

    /// The event that tells a destination of the outcome.
    private func follow(_ destination: EventAttempt.Destination, _ event: QueuedEvent) throws -> QueuedEvent? {
        guard let arn = try registry.destination(destination.arn, of: event) else {
            logger.notice(
                "an event's destination is no function that may be invoked, and not told",
                metadata: ["destination": "\(destination.arn)", "request": "\(event.id)"])
            return nil
        }
        let now = Date()
        return QueuedEvent(
            id: RandomID.make(), scope: arn.scope, function: arn.name, qualifier: arn.qualifier,
            payload: destination.payload, accepted: now, due: now)
    }

    // MARK: Waiting

    private func wake() {
        isAwake = true
        waiter?.resume()
        waiter = nil
    }

    /// Waits until something was accepted or ended, or until a time.
    private func rest(until due: Date?) async {
        // When no attempt may start, only an end matters.
        let isFull = running.count >= Self.attemptsAtATime
        let timer =
            isFull
            ? nil
            : due.map { due in
                Task {
                    try await Task.sleep(for: .seconds(max(0, due.timeIntervalSinceNow)))
                    wake()
                }
            }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isAwake || Task.isCancelled { continuation.resume() } else { waiter = continuation }
            }
        } onCancel: {
            Task { await wake() }
        }
        timer?.cancel()
        isAwake = false
    }
}

extension Date {
    fileprivate static func + (date: Date, duration: Duration) -> Date { date.addingTimeInterval(duration / .seconds(1)) }
}
