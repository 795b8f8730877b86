import Foundation
import LambdaModel
import Logging
import Synchronization

/// What one environment's extensions are told of it: the subscriptions of its sandbox, and what they have missed.
final class EnvironmentTelemetry: Sendable {
    private struct State {
        /// What has happened since the init phase began, for who subscribes in it; nil behind it.
        var missed: MissedEvents?
        var subscribers: [TelemetrySubscriber] = []
        /// The sandbox's.
        var namespaces: SandboxNamespaces?
    }

    /// Subscriptions of one environment.
    static let limit = Limits.extensions

    private let context: RecordContext
    private let isJSONLog: Bool
    private let logger: Logger
    private let state = Mutex(State())

    init(_ function: LambdaFunction, _ initialization: InitializationType, logger: Logger) {
        self.logger = logger
        context = RecordContext(function, initialization)
        isJSONLog = function.hasJSONLog
    }

    /// A sandbox's init phase begins.
    func begin() {
        end()
        state.withLock { $0.missed = MissedEvents() }
    }

    func run(in namespaces: SandboxNamespaces) { state.withLock { $0.namespaces = namespaces } }

    /// The init phase is over: no one subscribes any more.
    func close() { state.withLock { $0.missed = nil } }

    /// The sandbox is gone.
    func end() {
        let subscribers = state.withLock { state in
            defer { state = State() }
            return state.subscribers
        }
        for subscriber in subscribers { subscriber.end() }
    }

    /// Sends what waits, and gives it some time.
    func flush(within limit: Duration) async {
        await withTaskGroup { group in
            for subscriber in state.withLock({ $0.subscribers }) { group.addTask { await subscriber.flush(within: limit) } }
        }
    }

    func observe(_ event: EnvironmentEvent) {
        state.withLock { state in
            state.missed?.add(event)
            for subscriber in state.subscribers { subscriber.add(event) }
        }
    }

    enum Refusal: Error, Equatable {
        case closed
        /// The extension has subscribed by the other API.
        case otherInterface
        /// The environment has as many as it may.
        case tooMany
    }

    /// Subscribes an extension; false where it had subscribed to the same before.
    func subscribe(_ name: String, _ subscription: TelemetrySubscription) throws(Refusal) -> Bool {
        let result: Result<Bool, Refusal> = state.withLock { state in
            guard let missed = state.missed, let namespaces = state.namespaces else { return .failure(.closed) }
            let own = state.subscribers.filter { $0.extensionName == name }
            guard own.allSatisfy({ $0.subscription.interface == subscription.interface }) else { return .failure(.otherInterface) }
            if own.contains(where: { $0.subscription.destination == subscription.destination }) { return .success(false) }
            guard state.subscribers.count < Self.limit else { return .failure(.tooMany) }
            let subscriber = TelemetrySubscriber(
                name, subscription, context, isJSONLog: isJSONLog, in: namespaces, logger: logger)
            subscriber.add(missed)
            state.subscribers.append(subscriber)
            return .success(true)
        }
        return try result.get()
    }
}
