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
            // What is not there yet may come.
            let found = targets.compactMap { target in
                (try? registry.invocationTarget(target.function)).map { (function: $0.function, count: target.count) }
            }
            for (function, error) in await executor.provision(found) where told.insert("\(function.revisionID) \(error)").inserted {
                logger.warning("no environment can be kept ready", metadata: ["function": "\(function.arn)", "error": "\(error)"])
            }
            if told.count > 1000 { told = [] }
            try await Task.sleep(for: Self.interval)
        }
    }
}
