import Checksum
import Foundation
import LambdaModel
import Storage

/// What PublishVersion takes.
public struct PublicationRequest: Sendable {
    public var description: String?
    /// What $LATEST's code must be, in base64.
    public var codeSHA256: String?
    public var revisionID: String?

    public init(description: String? = nil, codeSHA256: String? = nil, revisionID: String? = nil) {
        self.description = description
        self.codeSHA256 = codeSHA256
        self.revisionID = revisionID
    }
}

extension Registry {
    /// Finds a function by its name or ARN.
    ///
    /// - Parameter action: What the caller does by it, as policies name it.
    public func function(
        _ nameOrARN: String, qualifier: String?, _ action: String = "lambda:GetFunction", for caller: Caller
    ) throws -> QualifiedFunction {
        let arn = try resolve(nameOrARN, qualifier: qualifier, action, caller)
        return try catalog.read { try Self.find(arn, $0) }
    }

    /// The function apart from its versions.
    public func record(_ function: LambdaFunction) throws -> FunctionRecord {
        try catalog.read { try $0.functionRecord(function.scope, function.name) } ?? FunctionRecord()
    }

    /// A scope's functions by name, without their versions.
    public func functions(_ request: PageRequest, for caller: Caller) throws -> Page<LambdaFunction> {
        let size = try request.size(Limits.functionPage)
        let functions = try catalog.read { try $0.functions(in: caller.scope, after: request.marker ?? "", limit: size + 1) }
        return Page(functions, size: size, marker: \.name)
    }

    /// A scope's functions in all their versions, by name and number, $LATEST first.
    public func allVersions(_ request: PageRequest, for caller: Caller) throws -> Page<LambdaFunction> {
        let size = try request.size(Limits.functionPage)
        let marker = (request.marker ?? "").split(separator: ":", maxSplits: 1)
        let name = marker.first.map(String.init) ?? ""
        let version = marker.count > 1 ? Int(marker[1]) ?? -1 : -1
        let functions = try catalog.read { try $0.allVersions(in: caller.scope, after: name, version, limit: size + 1) }
        return Page(functions, size: size) { "\($0.name):\($0.version)" }
    }

    /// A function's versions, $LATEST first, then rising.
    public func versions(of nameOrARN: String, _ request: PageRequest, for caller: Caller) throws -> Page<LambdaFunction> {
        let size = try request.size(Limits.functionPage)
        let marker = try request.number()
        let arn = try resolve(nameOrARN, "lambda:ListVersionsByFunction", caller).unqualified
        let versions = try catalog.read { catalog in
            _ = try Self.find(arn, catalog)
            return try catalog.versions(arn.scope, arn.name, after: marker ?? -1, limit: size + 1)
        }
        return Page(versions, size: size) { String($0.version) }
    }

    /// Publishes $LATEST as the next version, unless nothing has changed since the last.
    public func publishVersion(_ nameOrARN: String, _ request: PublicationRequest, by caller: Caller) async throws -> LambdaFunction {
        var validation = Validation()
        validation.requireLength("description", request.description, atMost: 256)
        try validation.finish()
        let arn = try resolve(nameOrARN, "lambda:PublishVersion", caller).unqualified
        return try await catalog.write { [settings] catalog in
            let latest = try Self.find(arn, catalog).function
            try Self.requireRevision(request.revisionID, latest.revisionID)
            let version = try Self.publishVersion(of: latest, request, catalog)
            try Self.requireCodeStorage(catalog, arn.scope, settings)
            return version
        }
    }

    static func publishVersion(
        of latest: LambdaFunction, _ request: PublicationRequest, _ catalog: CatalogTransaction
    ) throws -> LambdaFunction {
        let digest = latest.code.sha256.base64Digest
        if let expected = request.codeSHA256, !expected.isEmpty, expected != digest {
            throw APIError.invalidParameter(
                "CodeSHA256 (\(expected)) is different from current CodeSHA256 in $LATEST (\(digest)). Please try again with the CodeSHA256 in $LATEST."
            )
        }
        guard var record = try catalog.functionRecord(latest.scope, latest.name) else { throw notFound(latest.arn) }
        if record.lastVersion > 0, let last = try catalog.function(latest.scope, latest.name, version: record.lastVersion),
            last.runsLike(latest), latest.description == record.attributes.publishedDescription
        {
            return last
        }
        record.lastVersion += 1
        record.attributes.publishedDescription = latest.description
        try catalog.update(record, latest.scope, latest.name)
        var version = latest
        version.version = record.lastVersion
        version.revisionID = newRevision()
        if let description = request.description { version.description = description }
        try catalog.put(version)
        var latest = latest
        latest.revisionID = newRevision()
        try catalog.put(latest)
        return version
    }

    static func deleteVersion(_ arn: FunctionARN, _ qualifier: String, _ catalog: CatalogTransaction) throws -> Set<String> {
        _ = try find(arn.unqualified, catalog)
        guard let version = Int(qualifier) else { return [] }
        let aliases = try catalog.aliases(arn.scope, arn.name).filter { $0.version == qualifier || $0.weights?[qualifier] != nil }
        guard aliases.isEmpty else {
            throw APIError.resourceConflict(
                "Unable to delete version because the following aliases reference it: [\(aliases.map(\.name).joined(separator: ", "))]")
        }
        if var record = try catalog.functionRecord(arn.scope, arn.name) {
            record.attributes.forget(qualifier)
            try catalog.update(record, arn.scope, arn.name)
        }
        return try catalog.deleteFunctionVersion(arn.scope, arn.name, version)
    }
}
