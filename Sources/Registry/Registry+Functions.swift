import Foundation
import LambdaModel
import Storage

extension Registry {
    /// Makes a function from its settings and its code.
    ///
    /// - Parameter upload: The zip that the request has brought, pinned.
    public func createFunction(_ new: NewFunction, upload: Blob?, _ pins: BlobPins, by caller: Caller) async throws -> LambdaFunction {
        try new.validate()
        let settings = new.settings
        let name = new.name ?? ""
        let arn = try resolve(name, "lambda:CreateFunction", caller)
        guard arn.qualifier == nil else {
            throw APIError.validation(
                "functionName", value: name, "Member must satisfy regular expression pattern: \(Pattern.functionName.text)")
        }
        guard arn.name.utf8.count <= 64 else {
            // AWS gives this one the other name.
            throw APIError.invalidParameter(
                "1 validation error detected: Value '\(name)' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64"
            )
        }
        guard let runtime = try settings.runtime.map({ try Runtime($0) }), let handler = settings.handler else {
            throw APIError.missingRuntime
        }
        let code = try await package(try locate(upload, new.code ?? CodeLocation(), for: .newFunction, pins, by: caller))
        var function = LambdaFunction(
            scope: caller.scope, name: arn.name, runtime: runtime, handler: handler, role: settings.role ?? "", description: "", timeout: 3,
            memorySize: 128, ephemeralStorage: 512, environment: nil,
            architecture: new.architectures?.first.flatMap(Architecture.init) ?? .x86_64,
            code: code, layers: try attach(settings.layers ?? [], pins, by: caller), lastModified: Date().inWholeMilliseconds,
            revisionID: Self.newRevision())
        try settings.apply(to: &function)
        try Self.requireSnapStart(function)
        try Self.requireSize(function)
        return try await catalog.write { [function, limits = self.settings] catalog in
            var attributes = FunctionAttributes()
            attributes.tags = new.tags
            guard try catalog.insertFunction(function.scope, function.name, attributes) else {
                throw APIError.resourceConflict("Function already exist: \(function.name)")
            }
            try catalog.put(function)
            let published = new.publishes ? try Self.publishVersion(of: function, PublicationRequest(), catalog) : function
            try Self.requireCodeStorage(catalog, function.scope, limits)
            return published
        }
    }

    /// Replaces a function's code. A dry run checks the bytes and changes nothing.
    public func updateCode(
        _ nameOrARN: String, code: LambdaFunction.CodePackage, architectures: [String]?, revisionID: String?, publishes: Bool,
        isDryRun: Bool,
        by caller: Caller
    ) async throws -> LambdaFunction {
        var validation = Validation()
        validation.requireArchitecture(architectures)
        try validation.finish()
        let architecture = architectures?.first.flatMap(Architecture.init)
        let action = "lambda:UpdateFunctionCode"
        return try await change(nameOrARN, revisionID, action, addsCode: true, publishes: publishes, isDryRun: isDryRun, caller) {
            function in
            function.code = code
            if let architecture { function.architecture = architecture }
        }
    }

    /// Changes the named settings; `layers` replaces the list.
    public func updateConfiguration(
        _ nameOrARN: String, _ settings: FunctionSettings, revisionID: String?, _ pins: BlobPins, by caller: Caller
    ) async throws -> LambdaFunction {
        try settings.check()
        let action = "lambda:UpdateFunctionConfiguration"
        let arn = try resolve(nameOrARN, action, caller)
        let current = try catalog.read { try Self.find(arn.unqualified, $0) }.function
        // A version that the function already has stays even when it was deleted or revoked since, as long as the list as a whole is the same.
        let changed = settings.layers.flatMap { $0 == current.layers.map(\.arn) ? nil : $0 }
        let attached = try changed.map { try attach($0, pins, by: caller) }
        return try await change(nameOrARN, revisionID, action, caller) { function in
            try settings.apply(to: &function)
            try Self.requireSnapStart(function)
            guard let wanted = settings.layers, wanted != function.layers.map(\.arn) else { return }
            guard let attached else {
                // Another update has taken the layers away since they were looked at.
                throw APIError.resourceConflict(
                    "The operation cannot be performed at this time. An update is in progress for resource: \(function.arn)")
            }
            function.layers = attached
        }
    }

    /// Removes a function, or one of its versions.
    public func deleteFunction(_ nameOrARN: String, qualifier: String?, by caller: Caller) async throws -> FunctionARN {
        let arn = try resolve(nameOrARN, qualifier: qualifier, "lambda:DeleteFunction", caller)
        if let qualifier = arn.qualifier, qualifier != "$LATEST", !qualifier.isVersionNumber {
            throw APIError.invalidParameter("Deletion of aliases is not currently supported.")
        }
        guard arn.qualifier != "$LATEST" else {
            throw APIError.invalidParameter("$LATEST version cannot be deleted without deleting the function.")
        }
        let dropped = try await catalog.write(freesSpace: true) { catalog -> Set<String> in
            guard let qualifier = arn.qualifier else {
                guard let dropped = try catalog.deleteFunction(arn.scope, arn.name) else { throw Self.notFound(arn) }
                return dropped
            }
            return try Self.deleteVersion(arn, qualifier, catalog)
        }
        await collector.consider(dropped)
        return arn
    }

    // MARK: Rules

    private func change(
        _ nameOrARN: String, _ revisionID: String?, _ action: String, addsCode: Bool = false, publishes: Bool = false,
        isDryRun: Bool = false, _ caller: Caller,
        _ apply: @escaping @Sendable (inout LambdaFunction) throws -> Void
    ) async throws -> LambdaFunction {
        let arn = try resolve(nameOrARN, action, caller).unqualified
        let changed: @Sendable (CatalogTransaction) throws -> LambdaFunction = { catalog in
            var function = try Self.find(arn, catalog).function
            try Self.requireRevision(revisionID, function.revisionID)
            try apply(&function)
            function.lastModified = Date().inWholeMilliseconds
            function.revisionID = Self.newRevision()
            try Self.requireSize(function)
            return function
        }
        if isDryRun { return try catalog.read(changed) }
        let (function, dropped) = try await catalog.write { [settings] catalog in
            let function = try changed(catalog)
            let dropped = try catalog.put(function)
            let answer = publishes ? try Self.publishVersion(of: function, PublicationRequest(), catalog) : function
            if addsCode { try Self.requireCodeStorage(catalog, arn.scope, settings) }
            return (answer, dropped)
        }
        await collector.consider(dropped)
        return function
    }

    static func requireRevision(_ given: String?, _ current: String) throws {
        guard given == nil || given == current else {
            throw APIError.preconditionFailed(
                "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
            )
        }
    }

    private static func requireSnapStart(_ function: LambdaFunction) throws {
        guard function.surroundings?.snapStart != "PublishedVersions" || function.runtime.hasSnapStart else {
            throw APIError.invalidParameter("\(function.runtime) is not supported for SnapStart enabled functions.")
        }
    }

    /// - Throws: `APIError` where the code and the layers are too large together when unzipped.
    public static func requireSize(_ function: LambdaFunction) throws {
        let layers = function.layers.reduce(0) { $0 + $1.unzippedSize }
        guard function.code.unzippedSize + layers <= Limits.unzipped else {
            // AWS prints what the layers leave as if it were the limit; both are told here.
            throw APIError.invalidParameter(
                layers == 0
                    ? "Unzipped size must be smaller than \(Limits.unzipped) bytes"
                    : "Unzipped size must be smaller than \(max(0, Limits.unzipped - layers)) bytes (\(Limits.unzipped) less \(layers) of layers)"
            )
        }
    }
}
