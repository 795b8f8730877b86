import Foundation
import LambdaModel
import Storage

extension Registry {
    // MARK: Tags

    /// - Parameter resource: A function's ARN.
    /// - Throws: `APIError` of another text, ResourceNotFoundException.
    public func tags(of resource: String, for caller: Caller) throws -> [String: String] {
        let arn = try taggable(resource, "lambda:ListTags", caller)
        return try catalog.read { catalog in
            guard let record = try catalog.functionRecord(arn.scope, arn.name) else { throw Self.notFound(arn) }
            return record.attributes.tags ?? [:]
        }
    }

    /// Adds tags to a function's own, in place of those of the same keys.
    ///
    /// - Throws: `APIError` of what is wrong with them or with the resource, InvalidParameterValueException for more than 50 in all.
    public func tag(_ resource: String, _ tags: [String: String], by caller: Caller) async throws {
        let arn = try taggable(resource, "lambda:TagResource", caller)
        var validation = Validation()
        validation.requireTags(tags)
        try validation.finish()
        guard !tags.isEmpty else { throw APIError.invalidParameter("An error occurred and the request cannot be processed.") }
        try await changeRecord(arn) { $0.attributes.tags = ($0.attributes.tags ?? [:]).merging(tags) { $1 } }
    }

    /// Takes tags away; one that is not there is no error.
    public func untag(_ resource: String, _ keys: [String], by caller: Caller) async throws {
        let arn = try taggable(resource, "lambda:UntagResource", caller)
        var validation = Validation()
        validation.requirePresence("tagKeys", !keys.isEmpty)
        try validation.finish()
        try await changeRecord(arn) { $0.attributes.tags = $0.attributes.tags?.filter { !keys.contains($0.key) } }
    }

    private func taggable(_ resource: String, _ action: String, _ caller: Caller) throws -> FunctionARN {
        var validation = Validation()
        validation.require("resource", resource, .taggableResource, length: 1...10_000)
        try validation.finish()
        guard let arn = FunctionARN(nameOrARN: resource, scope: caller.scope) else {
            // A kind of resource that this server has none of.
            throw APIError.resourceNotFound("The resource you requested does not exist.")
        }
        guard arn.qualifier == nil else {
            throw APIError.invalidParameter("Tags on function aliases and versions are not supported. Please specify a function ARN.")
        }
        return try resolve(resource, action, caller)
    }

    // MARK: Concurrency

    /// What is reserved for a function, or nil.
    public func reservedConcurrency(of nameOrARN: String, for caller: Caller) throws -> Int? {
        let arn = try unqualified(nameOrARN, "lambda:GetFunctionConcurrency", caller)
        return try catalog.read { catalog in
            guard let record = try catalog.functionRecord(arn.scope, arn.name) else { throw Self.notFound(arn) }
            return record.reservedConcurrency
        }
    }

    /// Reserves a part of the account's concurrency, or none.
    public func reserveConcurrency(_ count: Int?, for nameOrARN: String, by caller: Caller) async throws {
        let action = count == nil ? "lambda:DeleteFunctionConcurrency" : "lambda:PutFunctionConcurrency"
        if let count, count < 0 {
            throw APIError.validation(
                "reservedConcurrentExecutions", value: String(count), "Member must have value greater than or equal to 0")
        }
        let arn = try unqualified(nameOrARN, action, caller)
        try await catalog.write { [settings] catalog in
            guard var record = try catalog.functionRecord(arn.scope, arn.name) else {
                var arn = arn
                if count != nil { arn.qualifier = "$LATEST" }
                throw Self.notFound(arn)
            }
            let others = try catalog.reservedConcurrency(in: arn.scope, besides: arn.name)
            if let count, settings.concurrency - others - count < RegistrySettings.unreservedConcurrency {
                throw APIError(
                    "InvalidParameterValueException", status: 400,
                    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [\(RegistrySettings.unreservedConcurrency)].",
                    hasType: false)
            }
            record.reservedConcurrency = count
            try catalog.update(record, arn.scope, arn.name)
        }
    }

    private func unqualified(_ nameOrARN: String, _ action: String, _ caller: Caller) throws -> FunctionARN {
        let arn = try resolve(nameOrARN, action, caller)
        guard arn.qualifier == nil else {
            throw APIError.invalidParameter(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN."
            )
        }
        return arn
    }

    // MARK: The account

    /// What an account uses and may use in a region.
    public func accountSettings(for caller: Caller) throws -> AccountSettings {
        try catalog.read { catalog in
            AccountSettings(
                codeSize: try catalog.codeStorage(in: caller.scope), functions: try catalog.countFunctions(in: caller.scope),
                codeStorage: settings.codeStorage, concurrency: settings.concurrency,
                unreservedConcurrency: settings.concurrency - (try catalog.reservedConcurrency(in: caller.scope, besides: "")))
        }
    }

    /// Changes a function's record; a change of its tags is a new revision of $LATEST.
    private func changeRecord(_ arn: FunctionARN, _ change: @escaping @Sendable (inout FunctionRecord) -> Void) async throws {
        try await catalog.write { catalog in
            guard var record = try catalog.functionRecord(arn.scope, arn.name), var latest = try catalog.function(arn.scope, arn.name)
            else { throw Self.notFound(arn) }
            change(&record)
            guard record.attributes.tags?.count ?? 0 <= Limits.tags else {
                throw APIError.invalidParameter("Number of tags exceeds resource tag limit.")
            }
            try catalog.update(record, arn.scope, arn.name)
            latest.revisionID = Self.newRevision()
            try catalog.put(latest)
        }
    }
}

/// What GetAccountSettings tells.
public struct AccountSettings: Sendable {
    /// Bytes of code that are used.
    public var codeSize: Int
    public var functions: Int
    /// Bytes of code that may be used.
    public var codeStorage: Int
    public var concurrency: Int
    public var unreservedConcurrency: Int
}
