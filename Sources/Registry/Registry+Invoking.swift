import Foundation
import LambdaModel
import Storage

/// A function that is about to be invoked.
public struct InvocationTarget: Sendable {
    /// The very version, chosen by an alias's weights.
    public var function: LambdaFunction
    /// As it was asked for, with its qualifier.
    public var arn: FunctionARN
    /// How many invocations at a time are reserved for the function, or nil.
    public var reservedConcurrency: Int?
}

extension Registry {
    /// Finds the version that an invocation goes to.
    ///
    /// - Parameter draw: Which version an alias with weights gives, from 0 up to 1.
    public func invocationTarget(
        _ nameOrARN: String, qualifier: String?, draw: Double = .random(in: 0..<1), for caller: Caller
    ) throws -> InvocationTarget {
        let arn = try resolve(nameOrARN, qualifier: qualifier, Self.invocation, caller)
        return try invocationTarget(arn, draw: draw)
    }

    /// The same for an event that was accepted before.
    public func invocationTarget(of event: QueuedEvent, draw: Double = .random(in: 0..<1)) throws -> InvocationTarget {
        try invocationTarget(FunctionARN(scope: event.scope, name: event.function, qualifier: event.qualifier), draw: draw)
    }

    /// The same for whom the server itself names.
    public func invocationTarget(_ arn: FunctionARN, draw: Double = .random(in: 0..<1)) throws -> InvocationTarget {
        var latest = arn
        latest.qualifier = arn.qualifier ?? "$LATEST"
        let invoked = try invoked.value(arn, in: catalog) { catalog in
            InvokedFunction(
                found: try Self.find(latest, catalog), reservedConcurrency: try catalog.reservedConcurrency(arn.scope, arn.name))
        }
        var function = invoked.found.function
        if let alias = invoked.found.alias, case let version = alias.version(for: draw), version != alias.version,
            let number = Int(version), let other = try catalog.read({ try $0.function(arn.scope, arn.name, version: number) })
        {
            function = other
        }
        return InvocationTarget(function: function, arn: arn, reservedConcurrency: invoked.reservedConcurrency)
    }

    /// How the asynchronous invocations of a function, version or alias are treated.
    public func eventInvokeConfig(of event: QueuedEvent) throws -> EventInvokeConfig? {
        try catalog.read { try $0.functionRecord(event.scope, event.function)?.attributes.eventInvoke?[event.qualifier ?? "$LATEST"] }
    }
}

/// What the catalog says of a function that is invoked.
struct InvokedFunction: Sendable {
    var found: QualifiedFunction
    var reservedConcurrency: Int?
}
