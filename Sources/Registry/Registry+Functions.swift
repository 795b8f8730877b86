import Checksum
import Foundation
import LambdaModel
import Storage

extension Registry {
    /// Makes a function from its settings and code.
    public func createFunction(
        _ name: String?, _ settings: FunctionSettings, architectures: [String]?, code: Blob, by caller: Caller
    ) async throws -> LambdaFunction {
        var validation = Validation()
        validation.requirePresence("functionName", name != nil)
        validation.requirePresence("role", settings.role != nil)
        try validation.finish()
        try settings.validate()
        guard let arn = FunctionARN(nameOrARN: name ?? "", scope: caller.scope), arn.scope == caller.scope else {
            throw Self.invalidName(name ?? "")
        }
        guard let runtime = try settings.runtime.map({ try Runtime($0) }), let handler = settings.handler else {
            throw APIError.invalidParameter("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
        }
        let layers = try await attach(settings.layers ?? [], by: caller)
        let function = LambdaFunction(
            scope: caller.scope, name: arn.name, runtime: runtime, handler: handler, role: settings.role ?? "",
            description: settings.description ?? "", timeout: settings.timeout ?? 3, memorySize: settings.memorySize ?? 128,
            ephemeralStorage: settings.ephemeralStorage ?? 512, environment: settings.environment,
            architecture: try Self.architecture(architectures), code: try await package(code), layers: layers, lastModified: Date(),
            revisionID: Self.newRevision())
        try Self.requireSize(function)
        guard try await catalog.insert(function) else { throw APIError.resourceConflict("Function already exist: \(arn.name)") }
        return function
    }

    /// Finds a function by its name or ARN.
    public func function(_ nameOrARN: String, qualifier: String?, for caller: Caller) async throws -> LambdaFunction {
        let arn = try resolve(nameOrARN, qualifier: qualifier, caller)
        guard let function = try catalog.function(arn.scope, arn.name) else { throw Self.notFound(arn) }
        return function
    }

    public func functions(for caller: Caller, marker: String?, maxItems: Int?) async throws -> Page<LambdaFunction> {
        var validation = Validation()
        validation.requireRange("maxItems", maxItems, Limits.functionPage)
        try validation.finish()
        let size = min(maxItems ?? 50, 50)
        let all = try await catalog.functions(in: caller.scope, after: marker ?? "", limit: size + 1)
        return Page(all, size: size, marker: \.name)
    }

    /// Replaces a function's code. A dry run checks the bytes and changes nothing.
    public func updateCode(
        _ nameOrARN: String, code: Blob, architectures: [String]?, revisionID: String?, isDryRun: Bool, by caller: Caller
    ) async throws -> LambdaFunction {
        let code = try await package(code)
        let architecture = try architectures.map { try Self.architecture($0) }
        return try await change(nameOrARN, revisionID, isDryRun: isDryRun, caller) { function in
            function.code = code
            if let architecture { function.architecture = architecture }
        }
    }

    /// Changes the named settings; `layers` replaces the list.
    public func updateConfiguration(
        _ nameOrARN: String, _ settings: FunctionSettings, revisionID: String?, by caller: Caller
    ) async throws -> LambdaFunction {
        try settings.validate()
        let current = try await function(nameOrARN, qualifier: nil, for: caller)
        let layers = try await settings.layers.asyncMap { try await attach($0, keeping: current.layers, by: caller) }
        let runtime = try settings.runtime.map { try Runtime($0) }
        return try await change(nameOrARN, revisionID, isDryRun: false, caller) { function in
            if let runtime { function.runtime = runtime }
            if let layers { function.layers = layers }
            if let handler = settings.handler { function.handler = handler }
            if let role = settings.role { function.role = role }
            if let description = settings.description { function.description = description }
            if let timeout = settings.timeout { function.timeout = timeout }
            if let memorySize = settings.memorySize { function.memorySize = memorySize }
            if let ephemeralStorage = settings.ephemeralStorage { function.ephemeralStorage = ephemeralStorage }
            if let environment = settings.environment { function.environment = environment.isEmpty ? nil : environment }
        }
    }

    public func deleteFunction(_ nameOrARN: String, qualifier: String?, by caller: Caller) async throws -> FunctionARN {
        let arn = try resolve(nameOrARN, qualifier: qualifier, caller)
        guard try await catalog.deleteFunction(arn.scope, arn.name) else { throw Self.notFound(arn.unqualified, suffix: "") }
        return arn.unqualified
    }

    // MARK: Rules

    private func change(
        _ nameOrARN: String, _ revisionID: String?, isDryRun: Bool, _ caller: Caller,
        _ apply: @escaping @Sendable (inout LambdaFunction) -> Void
    ) async throws -> LambdaFunction {
        let arn = try resolve(nameOrARN, qualifier: nil, caller)
        let changed: @Sendable (inout LambdaFunction) throws -> Void = { function in
            if let revisionID, revisionID != function.revisionID {
                throw APIError.preconditionFailed(
                    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
                )
            }
            apply(&function)
            function.lastModified = Date()
            function.revisionID = Self.newRevision()
            try Self.requireSize(function)
        }
        if isDryRun {
            var function = try await function(nameOrARN, qualifier: nil, for: caller)
            try changed(&function)
            return function
        }
        guard let function = try await catalog.updateFunction(arn.scope, arn.name, changed) else { throw Self.notFound(arn, suffix: "") }
        return function
    }

    private func resolve(_ nameOrARN: String, qualifier: String?, _ caller: Caller) throws -> FunctionARN {
        guard var arn = FunctionARN(nameOrARN: nameOrARN, scope: caller.scope) else { throw Self.invalidName(nameOrARN) }
        arn.qualifier = qualifier ?? arn.qualifier
        guard arn.scope == caller.scope, arn.qualifier == nil || arn.qualifier == "$LATEST" else { throw Self.notFound(arn) }
        return arn
    }

    private func package(_ blob: Blob) async throws -> LambdaFunction.CodePackage {
        let unzippedSize = try await inspectZip(blob)
        return LambdaFunction.CodePackage(sha256: blob.digest.hexadecimal, size: blob.size, unzippedSize: unzippedSize)
    }

    private static func architecture(_ architectures: [String]?) throws -> Architecture {
        if let architectures, architectures.count != 1 || Architecture(rawValue: architectures[0]) == nil {
            throw APIError.validation(
                "architectures", value: "[\(architectures.joined(separator: ", "))]",
                architectures.count == 1
                    ? "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
                    : "Member must have length \(architectures.isEmpty ? "greater" : "less") than or equal to 1")
        }
        return architectures?.first.flatMap(Architecture.init) ?? .x86_64
    }

    private static func requireSize(_ function: LambdaFunction) throws {
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

    private static func newRevision() -> String { UUID().uuidString.lowercased() }

    private static func notFound(_ arn: FunctionARN, suffix: String = ":$LATEST") -> APIError {
        APIError.resourceNotFound("Function not found: \(arn)\(arn.qualifier == nil ? suffix : "")")
    }

    private static func invalidName(_ name: String) -> APIError {
        .validation("functionName", value: name, "Member must satisfy regular expression pattern: \(FunctionARN.pattern)")
    }
}

extension Optional where Wrapped: Sendable {
    func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
