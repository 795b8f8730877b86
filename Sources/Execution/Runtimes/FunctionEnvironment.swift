import LambdaModel

/// The environment variables of an execution environment (AWS: "Defined runtime environment variables").
enum FunctionEnvironment {
    /// Where a runtime finds the Runtime API, which listens at all addresses of the sandbox's own.
    static func runtimeAPI(of runtime: Runtime) -> String {
        let isOldOS = runtime.family == .provided && runtime.operatingSystem == .al2
        return "\(isOldOS ? "127.0.0.1" : SandboxNamespaces.address):\(SandboxNamespaces.runtimePort)"
    }

    /// - Parameters:
    ///   - logStream: `2026/11/22/[$LATEST]…`.
    ///   - hasBootstrap: Whether the runtime brings the script that starts it on Lambda, which adds what it wants by itself: AWS's images do.
    static func variables(
        of function: LambdaFunction, _ initialization: InitializationType = .onDemand, credentials: Credentials, logStream: String,
        hasBootstrap: Bool = false
    ) -> [String: String] {
        var variables = defaults(of: function.runtime)
        if !hasBootstrap { variables.merge(bootstrapDefaults(of: function.runtime, credentials)) { _, bootstrap in bootstrap } }
        variables.merge(function.environment ?? [:]) { _, own in own }
        variables.merge(reserved(for: function, initialization, credentials, logStream)) { _, reserved in reserved }
        if !hasBootstrap { variables.merge(bootstrapConstants(of: function.runtime)) { _, constant in constant } }
        return variables
    }

    /// What no function may set for itself.
    private static func reserved(
        for function: LambdaFunction, _ initialization: InitializationType, _ credentials: Credentials, _ logStream: String
    ) -> [String: String] {
        var variables = [
            "AWS_ACCESS_KEY_ID": credentials.accessKeyID,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(function.memorySize),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.versionText,
            "AWS_LAMBDA_INITIALIZATION_TYPE": initialization.rawValue,
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logGroup,
            "AWS_LAMBDA_LOG_STREAM_NAME": logStream,
            "AWS_LAMBDA_RUNTIME_API": runtimeAPI(of: function.runtime),
            "AWS_REGION": function.region,
            "AWS_SECRET_ACCESS_KEY": credentials.secret,
            "AWS_SESSION_TOKEN": credentials.sessionToken,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LAMBDA_TASK_ROOT": "/var/task",
            "_HANDLER": function.handler,
        ]
        if function.runtime.family != .provided { variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_\(function.runtime)" }
        if function.hasJSONLog {
            variables["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
            variables["AWS_LAMBDA_LOG_LEVEL"] = function.logging?.applicationLevel ?? "INFO"
        }
        return variables
    }

    /// What a function may set for itself: where a runtime looks for programs and libraries, its locale, and X-Ray.
    private static func defaults(of runtime: Runtime) -> [String: String] {
        let isOldOS = runtime.family == .provided && runtime.operatingSystem == .al2
        let daemon = isOldOS ? "169.254.79.129" : SandboxNamespaces.address
        let (programs, libraries) = isOldOS ? ("", "") : ("/var/lang/bin:", "/var/lang/lib:")
        return [
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": "\(daemon):2000",
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": "\(libraries)/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            "PATH": "\(programs)/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "TZ": ":UTC",
            "_AWS_XRAY_DAEMON_ADDRESS": daemon,
            "_AWS_XRAY_DAEMON_PORT": "2000",
        ]
    }

    /// What a function signs its own calls with.
    struct Credentials: Sendable {
        var accessKeyID: String
        var secret: String
        var sessionToken: String
    }
}
