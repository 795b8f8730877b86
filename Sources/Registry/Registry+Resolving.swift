import LambdaModel
import Storage

extension Registry {
    /// What a request means by a function's name and qualifier, checked by form.
    ///
    /// - Throws: `APIError` for what is no name, lies in another region or account, or has two qualifiers.
    func resolve(_ nameOrARN: String, qualifier: String? = nil, _ action: String, _ caller: Caller) throws -> FunctionARN {
        var validation = Validation()
        validation.require("qualifier", qualifier, .qualifier, length: 1...128)
        let isNamespaced = Self.namespaced.contains(action)
        let pattern = isNamespaced ? Pattern.namespacedFunctionName : .functionName
        // CreateFunction tells of a name's length in another way.
        let limit = isNamespaced ? 256 : action == "lambda:CreateFunction" ? 10_000 : 140
        let parsed = FunctionARN(nameOrARN: nameOrARN, scope: caller.scope, pattern: pattern)
        if parsed == nil || nameOrARN.utf8.count > limit {
            validation.require("functionName", nameOrARN, pattern, length: 1...limit)
        }
        try validation.finish()
        guard var arn = parsed else { throw Self.notFound(FunctionARN(scope: caller.scope, name: nameOrARN)) }
        guard arn.scope.region == caller.scope.region else {
            throw APIError.resourceNotFound(
                "Functions from '\(arn.scope.region)' are not reachable in this region ('\(caller.scope.region)')")
        }
        if let qualifier, let own = arn.qualifier, own != qualifier {
            throw APIError.invalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
        }
        arn.qualifier = qualifier ?? arn.qualifier
        guard arn.scope.account != caller.scope.account else { return arn }
        guard Self.shareable.contains(action), try catalog.read({ try Self.allows(action, on: arn, by: caller, $0) }) else {
            throw caller.denied(action, on: arn)
        }
        return arn
    }

    static let invocation = "lambda:InvokeFunction"

    /// What a function's policy can let another account do (AWS: "Using resource-based policies for Lambda").
    private static let shareable = Set(
        [
            "InvokeFunction", "GetFunction", "GetFunctionConfiguration", "ListVersionsByFunction", "GetAlias", "CreateAlias", "UpdateAlias",
            "DeleteAlias", "ListAliases", "PublishVersion", "UpdateFunctionCode", "DeleteFunction", "GetPolicy", "AddPermission",
            "RemovePermission", "ListTags", "TagResource", "UntagResource", "PutFunctionConcurrency", "DeleteFunctionConcurrency",
            "GetFunctionConcurrency", "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig", "GetFunctionEventInvokeConfig",
            "DeleteFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs",
        ].map { "lambda:\($0)" })

    /// The actions whose functions may be named by a namespace (botocore: NamespacedFunctionName).
    private static let namespaced = Set(
        [
            "AddPermission", "DeleteFunction", "DeleteFunctionEventInvokeConfig", "GetFunction", "GetFunctionCodeSigningConfig",
            "GetFunctionConfiguration", "GetFunctionEventInvokeConfig", "GetPolicy", "GetRuntimeManagementConfig", "InvokeFunction",
            "ListFunctionEventInvokeConfigs", "ListVersionsByFunction", "PutFunctionEventInvokeConfig", "RemovePermission",
            "UpdateFunctionEventInvokeConfig",
        ].map { "lambda:\($0)" })

    /// A function, by the version or alias that its ARN's qualifier names.
    ///
    /// - Throws: `APIError` ResourceNotFoundException.
    static func find(_ arn: FunctionARN, _ catalog: CatalogTransaction) throws -> QualifiedFunction {
        guard let qualifier = arn.qualifier, qualifier != "$LATEST" else {
            guard let function = try catalog.function(arn.scope, arn.name) else { throw notFound(arn) }
            return QualifiedFunction(function: function, qualifier: arn.qualifier)
        }
        if qualifier.isVersionNumber {
            // AWS has no version 01.
            guard let version = Int(qualifier), version > 0, String(version) == qualifier,
                let function = try catalog.function(arn.scope, arn.name, version: version)
            else { throw notFound(arn) }
            return QualifiedFunction(function: function, qualifier: qualifier)
        }
        guard let alias = try catalog.alias(arn.scope, arn.name, qualifier),
            let function = try catalog.function(arn.scope, arn.name, version: alias.versionNumber)
        else { throw notFound(arn) }
        return QualifiedFunction(function: function, qualifier: qualifier, alias: alias)
    }

    static func notFound(_ arn: FunctionARN) -> APIError { .resourceNotFound("Function not found: \(arn)") }
}

/// A function's version, and by which name it was asked for.
public struct QualifiedFunction: Sendable {
    public var function: LambdaFunction
    /// As it was asked for; nil for none.
    public var qualifier: String?
    public var alias: FunctionAlias?

    public init(function: LambdaFunction, qualifier: String? = nil, alias: FunctionAlias? = nil) {
        self.function = function
        self.qualifier = qualifier
        self.alias = alias
    }

    /// With the qualifier that was asked for.
    public var arn: FunctionARN { FunctionARN(scope: function.scope, name: function.name, qualifier: qualifier) }
}

extension String {
    /// Whether a qualifier is a version's number, and no alias.
    var isVersionNumber: Bool { !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}

extension FunctionAlias {
    /// 0 for $LATEST.
    var versionNumber: Int { Int(version) ?? 0 }
}
