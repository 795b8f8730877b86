import LambdaModel

/// The members of a function's configuration that a request names; nil where it names none.
public struct FunctionSettings: Sendable {
    public var runtime: String?
    public var handler: String?
    public var role: String?
    public var description: String?
    public var timeout: Int?
    public var memorySize: Int?
    public var ephemeralStorage: Int?
    public var environment: [String: String]?
    public var layers: [String]?

    public init() {}

    /// - Throws: `APIError`, a ValidationException with all that is wrong, or InvalidParameterValueException for the environment.
    func validate() throws {
        var validation = Validation()
        if let runtime, (try? Runtime(runtime)) == nil {
            validation.fail("runtime", value: runtime, "Member must satisfy enum value set: \(Validation.runtimeSet)")
        }
        if let role, !Self.isRole(role) {
            validation.fail(
                "role", value: role,
                "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+")
        }
        if let handler, handler.utf8.count > 128 || handler.utf8.contains(0) || handler.contains(where: \.isWhitespace) {
            validation.fail("handler", value: handler, "Member must satisfy regular expression pattern: [^\\s]+")
        }
        validation.requireLength("description", description, atMost: 256)
        validation.requireRange("timeout", timeout, Limits.timeout)
        validation.requireRange("memorySize", memorySize, Limits.memory)
        validation.requireRange("ephemeralStorage.size", ephemeralStorage, Limits.ephemeralStorage)
        validation.requireLayerARNs(layers)
        try validation.finish()
        try validateEnvironment()
    }

    private static func isRole(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == "iam" && parts[4].isAccountID
            && parts[5].hasPrefix("role")
    }

    private func validateEnvironment() throws {
        guard let environment else { return }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where !Self.isVariableName(name) || value.utf8.contains(0) {
            throw APIError.validation(
                "environment.variables", value: "{\(name)=…}",
                "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+], and values must not have a zero byte"
            )
        }
        if let reserved = environment.keys.filter(Self.reserved.contains).sorted().first {
            throw APIError.invalidParameter(
                "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: \(reserved)"
            )
        }
        let size = environment.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= Limits.environmentVariables else {
            throw APIError.invalidParameter(
                "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: \(size) bytes"
            )
        }
    }

    /// `[a-zA-Z]([a-zA-Z0-9_])+`.
    private static func isVariableName(_ name: String) -> Bool {
        name.utf8.count >= 2 && name.first.map { $0.isASCII && $0.isLetter } ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// AWS: "Defined runtime environment variables", the reserved ones.
    private static let reserved: Set = [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ]
}
