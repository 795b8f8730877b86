import LambdaModel
import Storage

extension Registry {
    /// What a request means by a function's name and qualifier, checked by form.
    ///
    /// - Throws: `APIError` for what is no name, lies in another region or account, or has two qualifiers.
    func resolve(_ nameOrARN: String, qualifier: String? = nil, _ action: String, _ caller: Caller) throws -> FunctionARN {
        var validation = Validation()
        if let qualifier, qualifier.utf8.count > 128 || !Self.isQualifier(qualifier) {
            validation.fail(
                "qualifier", value: qualifier, "Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")
        }
        let parsed = FunctionARN(nameOrARN: nameOrARN, scope: caller.scope)
        if parsed == nil {
            validation.fail("functionName", value: nameOrARN, "Member must satisfy regular expression pattern: \(FunctionARN.pattern)")
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
        guard arn.scope.account == caller.scope.account || action == Self.invocation else { throw caller.denied(action, on: arn) }
        return arn
    }

    static let invocation = "lambda:InvokeFunction"

    /// A function, by the version or alias that its ARN's qualifier names.
    ///
    /// - Throws: `APIError` ResourceNotFoundException.
    static func find(_ arn: FunctionARN, _ catalog: CatalogTransaction) throws -> QualifiedFunction {
        guard let qualifier = arn.qualifier, qualifier != "$LATEST" else {
            guard let function = try catalog.function(arn.scope, arn.name) else { throw notFound(arn) }
            return QualifiedFunction(function: function, qualifier: arn.qualifier)
        }
        if let version = Int(qualifier) {
            guard version > 0, let function = try catalog.function(arn.scope, arn.name, version: version) else { throw notFound(arn) }
            return QualifiedFunction(function: function, qualifier: qualifier)
        }
        guard let alias = try catalog.alias(arn.scope, arn.name, qualifier),
            let function = try catalog.function(arn.scope, arn.name, version: alias.versionNumber)
        else { throw notFound(arn) }
        return QualifiedFunction(function: function, qualifier: qualifier, alias: alias)
    }

    static func notFound(_ arn: FunctionARN) -> APIError { .resourceNotFound("Function not found: \(arn)") }

    private static func isQualifier(_ text: String) -> Bool {
        text == "$LATEST" || text == "$LATEST.PUBLISHED" || text.filter { $0 != "$" }.isLambdaName(limit: 128)
    }
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

extension FunctionAlias {
    /// 0 for $LATEST.
    var versionNumber: Int { Int(version) ?? 0 }
}
