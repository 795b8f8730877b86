import LambdaModel

/// The environment variables of an execution environment (AWS: "Defined runtime environment variables").
enum FunctionEnvironment {
    static let runtimeAPI = "127.0.0.1:9001"

    /// - Parameter logStream: `2026/11/22/[$LATEST]…`.
    static func variables(of function: LambdaFunction, credentials: Credentials, logStream: String) -> [String: String] {
        var variables = function.environment ?? [:]
        let own = [
            "AWS_ACCESS_KEY_ID": credentials.accessKeyID,
            "AWS_SECRET_ACCESS_KEY": credentials.secret,
            "AWS_SESSION_TOKEN": credentials.sessionToken,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_REGION": function.region,
            "AWS_EXECUTION_ENV": "AWS_Lambda_\(function.runtime)",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(function.memorySize),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.versionText,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logGroup,
            "AWS_LAMBDA_LOG_STREAM_NAME": logStream,
            "AWS_LAMBDA_RUNTIME_API": runtimeAPI,
            "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
            "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LAMBDA_TASK_ROOT": "/var/task",
            "_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1",
            "_AWS_XRAY_DAEMON_PORT": "2000",
            "_HANDLER": function.handler,
        ]
        variables.merge(own) { _, own in own }
        // These a function may set for itself.
        variables.merge(searchPaths(of: function.runtime)) { own, _ in own }
        return variables
    }

    /// Where a runtime looks for programs, libraries and modules, and its locale.
    private static func searchPaths(of runtime: Runtime) -> [String: String] {
        var variables = [
            "LANG": "en_US.UTF-8",
            "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "TZ": ":UTC",
        ]
        switch runtime.family {
        case .python: variables["PYTHONPATH"] = "/var/runtime"
        case .nodejs:
            let major = runtime.version.prefix { $0.isNumber }
            variables["NODE_PATH"] =
                "/opt/nodejs/node\(major)/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
        default: break
        }
        return variables
    }

    /// What a function signs its own calls with.
    struct Credentials: Sendable {
        var accessKeyID: String
        var secret: String
        var sessionToken: String
    }
}
