/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with or without a qualifier.
public struct FunctionARN: Sendable, Hashable {
    public var scope: Scope
    /// 1 to 64 characters, as far as there is such a function, of `[a-zA-Z0-9-_]`.
    public var name: String
    /// A version's number, `$LATEST`, or an alias.
    public var qualifier: String?

    public init(scope: Scope, name: String, qualifier: String? = nil) {
        self.scope = scope
        self.name = name
        self.qualifier = qualifier
    }

    /// A function as a path names it: a name, an ARN, or a part of one such as `ACCOUNT:function:NAME`, with or without a qualifier. Nil
    /// when it is none.
    ///
    /// - Parameter pattern: ``Pattern/functionName`` or ``Pattern/namespacedFunctionName``, whose groups are the same.
    public init?(nameOrARN text: String, scope: Scope, pattern: Pattern = .functionName) {
        if text.isLambdaName(limit: 140) {
            self.init(scope: scope, name: text)
            return
        }
        guard let groups = pattern.groups(text), groups.count >= 14, let name = groups[11] else { return nil }
        self.init(
            scope: Scope(
                account: groups[9].map { String($0.dropLast()) } ?? scope.account,
                region: groups[3].map { String($0.dropLast()) } ?? scope.region), name: name, qualifier: groups[13])
    }

    /// The ARN without its qualifier.
    public var unqualified: FunctionARN { FunctionARN(scope: scope, name: name) }
}

extension FunctionARN: CustomStringConvertible {
    public var description: String {
        "arn:aws:lambda:\(scope.region):\(scope.account):function:\(name)" + (qualifier.map { ":\($0)" } ?? "")
    }
}
