import LambdaModel
import LaminaErrors
import Storage

extension LogsService {
    private static let classes = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"]
    /// AWS: "PutRetentionPolicy".
    private static let retentions = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]

    func createGroup(_ request: LogsRequest) throws {
        let name = try request.groupName()
        let logClass = try request.input.string("logGroupClass")
        let tags = try request.input.map("tags") ?? [:]
        try LogsError.validate { $0.requireMember("logGroupClass", logClass, of: Self.classes) }
        try Self.requireTags(tags)
        do {
            guard try store.createGroup(name, logClass: logClass ?? "STANDARD", tags: tags) else { throw LogsError.groupExists }
        } catch let error as LaminaError where error.code == .limitExceeded {
            throw LogsError.limitExceeded
        }
    }

    func deleteGroup(_ request: LogsRequest) throws {
        guard try store.deleteGroup(try request.groupName()) else { throw LogsError.groupNotFound }
    }

    func describeGroups(_ request: LogsRequest) throws -> JSONValue {
        let input = request.input
        let (prefix, pattern) = (try input.string("logGroupNamePrefix"), try input.string("logGroupNamePattern"))
        guard prefix == nil || pattern == nil else {
            throw LogsError.invalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        }
        if let identifiers = try input.strings("logGroupIdentifiers") {
            guard (1...50).contains(identifiers.count) else {
                throw LogsError.invalidParameter("logGroupIdentifiers names 1 to 50 log groups")
            }
            let groups = try identifiers.compactMap { try store.group(try request.named($0)) }
            return ["logGroups": .array(groups.map(Self.output))]
        }
        try request.requireName("logGroupNamePrefix", prefix, atLeast: 1)
        try request.requireName("logGroupNamePattern", pattern, atLeast: 0)
        let size = try request.pageSize()
        let groups = try store.groups(
            in: request.scope, after: try request.marker(of: .describeLogGroups) ?? "", prefix: prefix ?? "", containing: pattern ?? "",
            logClass: try input.string("logGroupClass"), limit: size + 1)
        let last = groups.count > size ? groups[size - 1].name.name : nil
        return [
            "logGroups": .array(groups.prefix(size).map(Self.output)),
            "nextToken": last.map { .string(Marker.encode($0, of: LogsOperation.describeLogGroups.rawValue)) },
        ]
    }

    func putRetention(_ request: LogsRequest) throws {
        let name = try request.groupName()
        let days = try request.input.integer("retentionInDays")
        try LogsError.validate {
            $0.requirePresence("retentionInDays", days != nil)
            $0.requireMember("retentionInDays", days.map(String.init), of: Self.retentions.map(String.init))
        }
        guard try store.setRetention(days, of: name) else { throw LogsError.groupNotFound }
        try store.sweep(try store.existingGroup(name))
    }

    func deleteRetention(_ request: LogsRequest) throws {
        guard try store.setRetention(nil, of: try request.groupName()) else { throw LogsError.groupNotFound }
    }

    // MARK: Tags

    func tag(_ request: LogsRequest) throws {
        let tags = try request.input.map("tags") ?? [:]
        try LogsError.validate { $0.requirePresence("tags", !tags.isEmpty) }
        try changeTags(request) { old in
            old.merge(tags) { $1 }
            try Self.requireTags(old)
        }
    }

    func untag(_ request: LogsRequest) throws {
        let keys = try request.input.strings("tagKeys") ?? []
        try changeTags(request) { tags in
            for key in keys { tags[key] = nil }
        }
    }

    func listTags(_ request: LogsRequest) throws -> JSONValue {
        ["tags": .map(try store.existingGroup(try resource(request)).tags)]
    }

    private func changeTags(_ request: LogsRequest, _ change: (inout [String: String]) throws -> Void) throws {
        guard try store.changeTags(of: try resource(request), change) else { throw LogsError.groupNotFound }
    }

    private func resource(_ request: LogsRequest) throws -> LogGroupName {
        let arn = try request.input.string("resourceArn")
        try LogsError.validate { $0.requirePresence("resourceArn", arn != nil) }
        return try request.arn(arn ?? "")
    }

    private static func requireTags(_ tags: [String: String]) throws {
        guard tags.count <= Limits.tags else {
            throw APIError(
                "TooManyTagsException", status: 400, "A resource can have no more than \(Limits.tags) tags.", hasType: false)
        }
        guard tags.allSatisfy({ (1...128).contains($0.key.unicodeScalars.count) && $0.value.unicodeScalars.count <= 256 }) else {
            throw LogsError.invalidParameter("a tag's key has 1 to 128 characters, and its value at most 256")
        }
    }

    private static func output(_ group: LogGroup) -> JSONValue {
        [
            "logGroupName": .string(group.name.name), "creationTime": .integer(group.created),
            "retentionInDays": group.retention.map(JSONValue.integer), "metricFilterCount": .integer(0),
            "arn": .string(group.name.arn + ":*"), "storedBytes": .integer(group.storedBytes), "logGroupClass": .string(group.logClass),
            "logGroupArn": .string(group.name.arn),
        ]
    }
}
