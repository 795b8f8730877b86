/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with or without a qualifier.
public struct FunctionARN: Sendable, Hashable {
    public var scope: Scope
    /// 1 to 64 characters, as far as there is such a function, of `[a-zA-Z0-9-_]`.
    public var name: String
    /// A version's number, `$LATEST`, or an alias.
    public var qualifier: String?

    /// What AWS's validation messages print.
    public static let pattern =
        "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?"

    public init(scope: Scope, name: String, qualifier: String? = nil) {
        self.scope = scope
        self.name = name
        self.qualifier = qualifier
    }

    /// A function as a path names it: a name, `ACCOUNT:function:NAME` or an ARN, each with or without a qualifier. Nil when it is none.
    public init?(nameOrARN text: String, scope: Scope) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        var scope = scope
        if parts.first == "arn" {
            guard parts.count >= 7, parts[parts.startIndex + 2] == "lambda", parts[parts.startIndex + 4].isAccountID else { return nil }
            scope.region = String(parts[parts.startIndex + 3])
            parts = parts.dropFirst(4)
        }
        if parts.count >= 3, parts[parts.startIndex + 1] == "function" {
            guard let account = parts.first, account.isAccountID else { return nil }
            scope.account = String(account)
            parts = parts.dropFirst(2)
        } else if parts.first == "function", parts.count >= 2 {
            parts = parts.dropFirst()
        }
        guard let name = parts.first, name.isLambdaName(limit: 140), parts.count <= 2 else { return nil }
        let qualifier = parts.dropFirst().first.map(String.init)
        if let qualifier, qualifier != "$LATEST", !qualifier.isLambdaName(limit: 128) { return nil }
        self.init(scope: scope, name: String(name), qualifier: qualifier)
    }

    /// The ARN without its qualifier.
    public var unqualified: FunctionARN { FunctionARN(scope: scope, name: name) }
}

extension FunctionARN: CustomStringConvertible {
    public var description: String {
        "arn:aws:lambda:\(scope.region):\(scope.account):function:\(name)" + (qualifier.map { ":\($0)" } ?? "")
    }
}
