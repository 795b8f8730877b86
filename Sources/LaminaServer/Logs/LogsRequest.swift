import LambdaModel
import Storage

/// A request's members, and whose groups they name.
struct LogsRequest {
    private static let groupPattern = Pattern(#"[\.\-_/#A-Za-z0-9]+"#)
    private static let identifierPattern = Pattern(#"[\w#+=/:,.@-]*"#)
    private static let streamPattern = Pattern("[^:*]*")
    /// Items of one page of groups or streams.
    private static let page = 1...50

    let input: JSONInput
    let scope: Scope

    /// The group that `logGroupName` names.
    func groupName() throws -> LogGroupName {
        let name = try input.string("logGroupName")
        try LogsError.validate {
            $0.requirePresence("logGroupName", name != nil)
            $0.require("logGroupName", name, Self.groupPattern, length: 1...512)
        }
        return LogGroupName(scope: scope, name: name ?? "")
    }

    /// The group that `logGroupName` names, or `logGroupIdentifier`, which may be an ARN.
    func identifiedGroupName() throws -> LogGroupName {
        guard let identifier = try input.string("logGroupIdentifier") else { return try groupName() }
        guard try input.string("logGroupName") == nil else {
            throw LogsError.invalidParameter("You must include either logGroupIdentifier or logGroupName, but not both.")
        }
        try LogsError.validate { $0.require("logGroupIdentifier", identifier, Self.identifierPattern, length: 1...2048) }
        return try named(identifier)
    }

    /// The group of the caller that a name or an ARN stands for.
    ///
    /// - Throws: ResourceNotFoundException for one of another account or region.
    func named(_ identifier: String) throws -> LogGroupName {
        if identifier.hasPrefix("arn:") { return try arn(identifier) }
        try LogsError.validate { $0.require("logGroupIdentifier", identifier, Self.groupPattern, length: 1...512) }
        return LogGroupName(scope: scope, name: identifier)
    }

    /// The group of the caller that an ARN stands for.
    ///
    /// - Throws: ResourceNotFoundException for one of another account or region.
    func arn(_ identifier: String) throws -> LogGroupName {
        let parts = identifier.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.first == "arn", parts.count == 7 || parts.count == 8 && parts[7] == "*", parts[2] == "logs", parts[5] == "log-group"
        else {
            throw LogsError.invalidParameter("'\(identifier)' is not the ARN of a log group")
        }
        guard parts[3] == scope.region, parts[4] == scope.account else { throw LogsError.groupNotFound }
        return LogGroupName(scope: scope, name: String(parts[6]))
    }

    /// Requires a part of a group's name to be one, where it is given.
    func requireName(_ member: String, _ part: String?, atLeast least: Int) throws {
        guard let part, !part.isEmpty || least > 0 else { return }
        try LogsError.validate { $0.require(member, part, Self.groupPattern, length: least...512) }
    }

    /// The beginning of streams' names that `logStreamNamePrefix` gives; nil where it gives none.
    func streamPrefix() throws -> String? {
        let prefix = try input.string("logStreamNamePrefix")
        if let prefix { try LogsError.validate { $0.require("logStreamNamePrefix", prefix, Self.streamPattern, length: 1...512) } }
        return prefix
    }

    func streamName() throws -> String {
        let name = try input.string("logStreamName")
        try LogsError.validate {
            $0.requirePresence("logStreamName", name != nil)
            $0.require("logStreamName", name, Self.streamPattern, length: 1...512)
        }
        return name ?? ""
    }

    /// How many groups or streams are asked for.
    func pageSize() throws -> Int {
        let limit = try input.integer("limit")
        try LogsError.validate { $0.requireRange("limit", limit, Self.page) }
        return limit ?? Self.page.upperBound
    }

    /// Where the page before ended; nil for the first page.
    func marker(of operation: LogsOperation) throws -> String? {
        guard let token = try input.string("nextToken") else { return nil }
        guard let marker = Marker.decode(token, of: operation.rawValue) else { throw LogsError.invalidToken }
        return marker
    }

    /// A query with the request's times and limit.
    ///
    /// - Parameter includesEnd: Whether the events of `endTime` itself are asked for.
    func query(includesEnd: Bool) throws -> LogQuery {
        var query = LogQuery()
        let (start, end, limit) = (try input.integer("startTime"), try input.integer("endTime"), try input.integer("limit"))
        try LogsError.validate {
            $0.requireRange("limit", limit, 1...10_000)
            $0.requireRange("startTime", start, 0...Int.max)
            $0.requireRange("endTime", end, 0...Int.max)
        }
        if let start { query.lower = LogPosition(timestamp: start - 1, sequence: .max) }
        if let end { query.upper = includesEnd ? LogPosition(timestamp: end, sequence: .max) : .start(of: end) }
        if let limit { query.limit = limit }
        return query
    }
}

extension LogStore {
    /// - Throws: `APIError` ResourceNotFoundException.
    func existingGroup(_ name: LogGroupName) throws -> LogGroup {
        guard let group = try group(name) else { throw LogsError.groupNotFound }
        return group
    }
}
