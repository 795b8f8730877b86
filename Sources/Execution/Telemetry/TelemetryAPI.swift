import LambdaModel
import NIOHTTP1

/// The routes of the Telemetry API, 2022-07-01, and of the Logs API before it, 2020-08-15.
struct TelemetryAPI: EnvironmentAPI {
    let telemetry: EnvironmentTelemetry
    let extensions: ExtensionEndpoint
    let log: EnvironmentLog

    func respond(to request: EnvironmentRequest) -> Bool {
        guard request.head.method == .PUT else { return false }
        switch request.path {
        case ["2022-07-01", "telemetry"]: request.identify { subscribe(.telemetry, $0, request) }
        case ["2020-08-15", "logs"]: request.identify { subscribe(.logs, $0, request) }
        default: return false
        }
        return true
    }

    private func subscribe(_ interface: TelemetrySubscription.Interface, _ id: String, _ request: EnvironmentRequest) {
        let client = request.client
        guard let name = extensions.name(of: id) else { return client.refuse(.unknown(id)) }
        do throws(TelemetrySubscription.Flaws) {
            let subscription = try TelemetrySubscription(interface, body: request.body)
            subscribe(name, subscription, client)
        } catch {
            client.refuse(interface.validationError, error.messages.joined(separator: "; "), status: .badRequest)
        }
    }

    private func subscribe(_ name: String, _ subscription: TelemetrySubscription, _ client: EnvironmentClient) {
        do throws(EnvironmentTelemetry.Refusal) {
            if try telemetry.subscribe(name, subscription) {
                log.add(
                    .subscription(
                        subscription.interface.kind, name: name, state: "Subscribed", types: subscription.categories.map(\.rawValue)))
            }
            client.send(.ok, json: #""OK""#)
        } catch {
            switch error {
            case .closed:
                client.refuse(
                    "\(subscription.interface.name).SubscriptionClosed", "\(subscription.interface.name) API subscription is closed already"
                )
            case .tooMany:
                client.refuse(
                    subscription.interface.validationError, "an environment has at most \(EnvironmentTelemetry.limit) subscriptions",
                    status: .badRequest)
            case .otherInterface:
                client.refuse(
                    subscription.interface.validationError,
                    "\(name) has subscribed by the other of the Telemetry API and the Logs API already", status: .badRequest)
            }
        }
    }
}

extension TelemetrySubscription.Interface {
    fileprivate var name: String { self == .telemetry ? "Telemetry" : "Logs" }
    fileprivate var validationError: String { self == .telemetry ? "ValidationError" : "Logs.ValidationError" }
    fileprivate var kind: PlatformEvent.SubscriptionKind { self == .telemetry ? .telemetry : .logs }
}
