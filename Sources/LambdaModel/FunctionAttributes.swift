import Foundation

/// What a function has beside its versions: it changes without a new version.
public struct FunctionAttributes: Sendable, Hashable, Codable {
    public var tags: [String: String]?
    /// Grants by qualifier; the function's own under the empty text. Their revision is that of what they are on.
    public var statements: [String: [ResourcePolicy.Statement]]?
    /// How asynchronous invocations are treated, by qualifier; `$LATEST` where none is given.
    public var eventInvoke: [String: EventInvokeConfig]?
    /// The description that $LATEST had when it was last published.
    public var publishedDescription: String?

    public init() {}

    /// The grants on the function itself, a version or an alias.
    public func statements(on qualifier: String?) -> [ResourcePolicy.Statement] { statements?[qualifier ?? ""] ?? [] }

    public mutating func setStatements(_ new: [ResourcePolicy.Statement], on qualifier: String?) {
        statements = (statements ?? [:]).merging([qualifier ?? "": new]) { $1 }.filter { !$0.value.isEmpty }
    }

    /// Forgets all that is said of a version or an alias.
    public mutating func forget(_ qualifier: String) {
        setStatements([], on: qualifier)
        eventInvoke?[qualifier] = nil
    }
}

/// How asynchronous invocations of a function, version or alias are treated.
public struct EventInvokeConfig: Sendable, Hashable, Codable {
    /// 0 to 2.
    public var maximumRetryAttempts: Int?
    /// Seconds, 60 to 21,600.
    public var maximumEventAge: Int?
    /// The ARN that is told of a success.
    public var onSuccess: String?
    /// The ARN that is told of the last failure.
    public var onFailure: String?
    public var lastModified: Date

    public init(lastModified: Date) { self.lastModified = lastModified }

    public static let attempts = 0...2
    public static let eventAge = 60...21_600
}

/// A name for a version of a function, or for two with weights.
public struct FunctionAlias: Sendable, Hashable, Codable {
    public var name: String
    /// `$LATEST`, or a number.
    public var version: String
    public var description: String
    /// Another version, and the share of invocations that go to it, from 0 to 1.
    public var weights: [String: Double]?
    public var revisionID: String

    public init(name: String, version: String, description: String, weights: [String: Double]?, revisionID: String) {
        self.name = name
        self.version = version
        self.description = description
        self.weights = weights
        self.revisionID = revisionID
    }

    /// The version that an invocation goes to.
    ///
    /// - Parameter draw: 0 up to 1.
    public func version(for draw: Double) -> String {
        var rest = draw
        for (version, weight) in (weights ?? [:]).sorted(by: { $0.key < $1.key }) {
            if rest < weight { return version }
            rest -= weight
        }
        return version
    }
}

/// An asynchronous invocation that has been accepted.
public struct QueuedEvent: Sendable, Hashable {
    /// The request's id, which all attempts share.
    public var id: String
    public var scope: Scope
    public var function: String
    public var qualifier: String?
    public var payload: [UInt8]
    public var accepted: Date
    /// How many attempts have failed.
    public var attempts: Int
    /// When the next attempt may start.
    public var due: Date

    public init(
        id: String, scope: Scope, function: String, qualifier: String?, payload: [UInt8], accepted: Date,
        attempts: Int = 0, due: Date
    ) {
        self.id = id
        self.scope = scope
        self.function = function
        self.qualifier = qualifier
        self.payload = payload
        self.accepted = accepted
        self.attempts = attempts
        self.due = due
    }
}
