import Execution
import Foundation
import LambdaModel
import LaminaErrors
import Logging
import Registry

/// A function of which environments are kept ready: `NAME[:QUALIFIER]=COUNT`, or an ARN in the name's place.
public struct ProvisionedFunction: Sendable, Hashable {
    public var function: FunctionARN
    public var count: Int

    /// - Parameter scope: Where a function is looked for that is named without its ARN.
    /// - Throws: ``LaminaError`` `invalidArgument`.
    public init(_ text: String, scope: Scope) throws {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[1]), count > 0,
            let function = FunctionARN(nameOrARN: String(parts[0]), scope: scope)
        else {
            throw LaminaError(.invalidArgument, "'\(text)' does not say what to keep ready: NAME=COUNT, NAME:QUALIFIER=COUNT or ARN=COUNT")
        }
        self.function = function
        self.count = count
    }
}

/// Keeps environments of some functions ready, as they are now: a change of a function makes new ones.
struct ProvisionKeeper: Sendable {
    /// How often the functions are looked at.
    private static let interval = Duration.seconds(1)

    let targets: [ProvisionedFunction]
    let registry: Registry
    let executor: FunctionExecutor
    let logger: Logger

    /// Runs until it is cancelled.
    func run() async throws {
        var told: Set<String> = []
        while !targets.isEmpty {
            for (function, error) in try await provision(&told) where told.insert("\(function.revisionID) \(error)").inserted {
                logger.warning("no environment can be kept ready", metadata: ["function": "\(function.arn)", "error": "\(error)"])
            }
            if told.count > 1000 { told = [] }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// - Returns: What could not be made ready, and why.
    private func provision(_ told: inout Set<String>) async throws -> [(function: LambdaFunction, error: any Error)] {
        var found: [(function: LambdaFunction, count: Int)] = []
        for target in targets {
            do {
                // An alias may have a second version for a part of its invocations; the first is what it stands for.
                found.append((try registry.invocationTarget(target.function, draw: 1).function, target.count))
            } catch let error as APIError where error.status < 500 {
                // What is not there yet may come.
                if told.insert("\(target.function)").inserted {
                    logger.warning("there is nothing to keep ready yet", metadata: ["function": "\(target.function)"])
                }
            } catch {
                // The catalog cannot be read; what is ready stays so.
                return []
            }
        }
        return await executor.provision(found)
    }
}
