import Execution
import Foundation
import LambdaModel
import LaminaErrors
import Registry

/// One attempt at an asynchronous invocation.
struct EventAttempt {
    enum Outcome {
        case succeeded(Destination?)
        case failed(Next)
        /// No environment was free, or the catalog cannot be read; it does not count as an attempt.
        case postponed
        /// The server stops; the event stays as it is.
        case interrupted

        enum Next: Equatable {
            case retry(Date)
            case giveUp(Destination?)
        }

        /// Who is to be told.
        var destination: Destination? {
            switch self {
            case .succeeded(let destination), .failed(.giveUp(let destination)): destination
            default: nil
            }
        }
    }

    /// Who is told of an outcome, and what (AWS: "Lambda function invocation record").
    struct Destination: Equatable {
        var arn: String
        var payload: [UInt8]
    }

    let event: QueuedEvent
    let registry: Registry
    let executor: FunctionExecutor
    /// How long a failed event waits for its second attempt; it waits twice as long for its third.
    let retryDelay: Duration

    func run() async -> Outcome {
        do {
            let target = try registry.invocationTarget(of: event)
            let config = try registry.eventInvokeConfig(of: event)
            guard target.reservedConcurrency != 0 else {
                return .failed(.giveUp(record(config?.onFailure, target, "ZeroReservedConcurrency", nil)))
            }
            guard isYoungEnough(at: Date(), config) else {
                return .failed(.giveUp(record(config?.onFailure, target, "EventAgeExceeded", nil)))
            }
            let result: InvocationResult
            do {
                result = try await executor.invoke(
                    target.function,
                    Invocation(
                        requestID: event.id, payload: event.payload, clientContext: nil, functionARN: target.arn),
                    reservedConcurrency: target.reservedConcurrency)
            } catch let error as APIError where error.name == "TooManyRequestsException" {
                return .postponed
            } catch let error as LaminaError where error.code == .stopping {
                return .interrupted
            } catch {
                // What this machine lacks to run the function.
                return failed(config, target, Array(JSONValue.string("\(error)").bytes))
            }
            guard result.isError else { return .succeeded(record(config?.onSuccess, target, "Success", result.payload)) }
            return failed(config, target, result.payload)
        } catch let error as APIError where error.status < 500 {
            // The function or the version is gone.
            return .failed(.giveUp(nil))
        } catch {
            // The catalog cannot be read.
            return .postponed
        }
    }

    private func failed(_ config: EventInvokeConfig?, _ target: InvocationTarget, _ response: [UInt8]) -> Outcome {
        let retries = config?.maximumRetryAttempts ?? EventInvokeConfig.attempts.upperBound
        guard event.attempts < retries else {
            return .failed(.giveUp(record(config?.onFailure, target, "RetriesExhausted", response)))
        }
        let next = Date().addingTimeInterval(retryDelay * (event.attempts + 1) / .seconds(1))
        guard isYoungEnough(at: next, config) else {
            return .failed(.giveUp(record(config?.onFailure, target, "EventAgeExceeded", response)))
        }
        return .failed(.retry(next))
    }

    private func isYoungEnough(at time: Date, _ config: EventInvokeConfig?) -> Bool {
        time.timeIntervalSince(event.accepted) <= Double(config?.maximumEventAge ?? EventInvokeConfig.eventAge.upperBound)
    }

    private func record(_ arn: String?, _ target: InvocationTarget, _ condition: String, _ response: [UInt8]?) -> Destination? {
        arn.map { arn in
            let now = AWSDate.format(Date(), zone: "Z")
            var function = target.arn
            function.qualifier = target.arn.qualifier ?? "$LATEST"
            let document: JSONValue = [
                "version": "1.0", "timestamp": .string(now),
                "requestContext": [
                    "requestId": .string(event.id), "functionArn": .string(function.description), "condition": .string(condition),
                    "approximateInvokeCount": .integer(event.attempts + (response == nil ? 0 : 1)),
                ],
                "requestPayload": Self.value(event.payload),
                "responseContext": response.map { _ in
                    [
                        "statusCode": .integer(200), "executedVersion": .string(target.function.versionText),
                        "functionError": condition == "Success" ? nil : "Unhandled",
                    ]
                },
                "responsePayload": response.map(Self.value),
            ]
            return Destination(arn: arn, payload: document.bytes)
        }
    }

    /// As it was sent: numbers and the order of members are the sender's.
    private static func value(_ bytes: [UInt8]) -> JSONValue {
        JSONSyntax.flaw(in: bytes) == nil ? .json(bytes) : .string(String(decoding: bytes, as: UTF8.self))
    }
}
