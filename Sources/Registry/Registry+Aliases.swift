import LambdaModel
import Storage

/// What CreateAlias and UpdateAlias take; nil where a request names nothing.
public struct AliasSettings: Sendable {
    public var name: String?
    public var version: String?
    public var description: String?
    /// Empty to take them away.
    public var weights: [String: Double]?

    public init(name: String?, version: String?, description: String?, weights: [String: Double]?) {
        self.name = name
        self.version = version
        self.description = description
        self.weights = weights
    }

    /// - Throws: `APIError` ValidationException with all that is wrong.
    func validate() throws {
        var validation = Validation()
        validation.require("name", name, .alias, length: 1...128)
        validation.require("functionVersion", version, .aliasVersion, length: 1...1024)
        validation.requireLength("description", description, atMost: Limits.description)
        if let weights { requireWeights(weights, &validation) }
        try validation.finish()
        if let weights, weights.count > 1 {
            throw APIError.invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
        }
    }

    private func requireWeights(_ weights: [String: Double], _ validation: inout Validation) {
        let text = "{\(weights.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))}"
        if weights.values.contains(where: { !(0...1).contains($0) }) {
            validation.fail(
                "routingConfig.additionalVersionWeights", value: text,
                "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]"
            )
        }
        if weights.keys.contains(where: { $0.isEmpty || !$0.allSatisfy { $0.isASCII && $0.isNumber } }) {
            validation.fail(
                "routingConfig.additionalVersionWeights", value: text,
                "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]"
            )
        }
    }
}

extension Registry {
    /// Names a version.
    ///
    /// - Throws: `APIError` ResourceConflictException where the name is taken, ResourceNotFoundException for a function or version that
    ///   is not there, and of what is wrong with the settings.
    public func createAlias(_ nameOrARN: String, _ settings: AliasSettings, by caller: Caller) async throws -> FunctionAlias {
        var validation = Validation()
        validation.requirePresence("name", settings.name != nil)
        validation.requirePresence("functionVersion", settings.version != nil)
        try validation.finish()
        try settings.validate()
        let arn = try resolve(nameOrARN, "lambda:CreateAlias", caller).unqualified
        let alias = FunctionAlias(
            name: settings.name ?? "", version: settings.version ?? "", description: settings.description ?? "",
            weights: settings.weights.flatMap { $0.isEmpty ? nil : $0 }, revisionID: Self.newRevision())
        try await catalog.write { catalog in
            try Self.requireTargets(of: alias, arn, catalog)
            guard try catalog.alias(arn.scope, arn.name, alias.name) == nil else {
                throw APIError.resourceConflict("Alias already exists: \(arn):\(alias.name)")
            }
            try catalog.put(alias, arn.scope, arn.name)
        }
        return alias
    }

    /// - Throws: `APIError` ResourceNotFoundException.
    public func alias(_ nameOrARN: String, _ name: String, for caller: Caller) throws -> FunctionAlias {
        try Self.requireAliasName(name)
        let arn = try resolve(nameOrARN, "lambda:GetAlias", caller).unqualified
        return try catalog.read { try Self.requireAlias(name, arn, $0) }
    }

    /// A function's aliases by name; those of one version, when it is named.
    public func aliases(of nameOrARN: String, version: String?, _ request: PageRequest, for caller: Caller) throws -> Page<FunctionAlias> {
        var validation = Validation()
        validation.require("functionVersion", version, .aliasVersion, length: 1...1024)
        try validation.finish()
        let size = try request.size(Limits.functionPage)
        let arn = try resolve(nameOrARN, "lambda:ListAliases", caller).unqualified
        let aliases = try catalog.read { catalog in
            _ = try Self.find(arn, catalog)
            return try catalog.aliases(arn.scope, arn.name, after: request.marker ?? "")
        }
        return Page(
            aliases.filter { version == nil || $0.version == version || $0.weights?[version ?? ""] != nil }, size: size, marker: \.name)
    }

    /// Changes what the settings name.
    ///
    /// - Throws: `APIError` PreconditionFailedException for another than the latest revision, and those of ``createAlias(_:_:by:)``.
    public func updateAlias(
        _ nameOrARN: String, _ name: String, _ settings: AliasSettings, revisionID: String?, by caller: Caller
    ) async throws -> FunctionAlias {
        try Self.requireAliasName(name)
        try settings.validate()
        let arn = try resolve(nameOrARN, "lambda:UpdateAlias", caller).unqualified
        return try await catalog.write { catalog in
            var alias = try Self.requireAlias(name, arn, catalog)
            try Self.requireRevision(revisionID, alias.revisionID)
            if let version = settings.version { alias.version = version }
            if let description = settings.description { alias.description = description }
            if let weights = settings.weights { alias.weights = weights.isEmpty ? nil : weights }
            alias.revisionID = Self.newRevision()
            try Self.requireTargets(of: alias, arn, catalog)
            try catalog.put(alias, arn.scope, arn.name)
            return alias
        }
    }

    /// Removes an alias with its policy; one that is not there is no error.
    public func deleteAlias(_ nameOrARN: String, _ name: String, by caller: Caller) async throws {
        try Self.requireAliasName(name)
        let arn = try resolve(nameOrARN, "lambda:DeleteAlias", caller).unqualified
        try await catalog.write { catalog in
            guard try catalog.deleteAlias(arn.scope, arn.name, name),
                var record = try catalog.functionRecord(arn.scope, arn.name)
            else { return }
            record.attributes.forget(name)
            try catalog.update(record, arn.scope, arn.name)
        }
    }

    static func requireAlias(_ name: String, _ arn: FunctionARN, _ catalog: CatalogTransaction) throws -> FunctionAlias {
        guard let alias = try catalog.alias(arn.scope, arn.name, name) else {
            throw APIError.resourceNotFound("Cannot find alias arn: \(arn):\(name)")
        }
        return alias
    }

    private static func requireAliasName(_ name: String) throws {
        var validation = Validation()
        validation.require("name", name, .alias, length: 1...128)
        try validation.finish()
    }

    private static func requireTargets(of alias: FunctionAlias, _ arn: FunctionARN, _ catalog: CatalogTransaction) throws {
        var target = arn
        for version in [alias.version] + (alias.weights ?? [:]).keys.sorted() {
            target.qualifier = version
            _ = try find(target, catalog)
        }
        guard let weights = alias.weights else { return }
        guard alias.version != "$LATEST" else {
            throw APIError(
                "InvalidParameterValueException", status: 400, "$LATEST is not supported for an alias pointing to more than 1 version",
                hasType: false)
        }
        guard weights[alias.version] == nil else {
            throw APIError.invalidParameter(
                "Invalid function version \(alias.version). Function version \(alias.version) is already included in routing configuration."
            )
        }
    }
}
