import LambdaModel

/// What the scripts that start AWS's runtimes add to the variables of an execution environment. Of Python's runtimes, the runtime client
/// adds PYTHONPATH: see ``PythonSearchPath``.
extension FunctionEnvironment {
    /// What a function may set for itself.
    static func bootstrapDefaults(of runtime: Runtime, _ credentials: Credentials) -> [String: String] {
        let major = runtime.major ?? 0
        switch runtime.family {
        case .python:
            // Amazon Linux 2023 has no locale but C's, which Python changes for this (PEP 538).
            return runtime.operatingSystem == .al2023 ? ["LC_CTYPE": "C.UTF-8"] : [:]
        case .nodejs:
            var variables = [
                "NODE_PATH":
                    "/opt/nodejs/node\(major)/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
            ]
            if runtime.operatingSystem == .al2 { variables["NODE_EXTRA_CA_CERTS"] = "/var/runtime/ca-cert.pem" }
            return variables
        case .ruby: return ruby("\(runtime.version).0")
        case .java:
            // These are the names of AWS's first SDK for Java.
            return major < 17 ? ["AWS_ACCESS_KEY": credentials.accessKeyID, "AWS_SECRET_KEY": credentials.secret] : [:]
        case .provided, .dotnet, .go: return [:]
        }
    }

    /// What a function finds whatever it has set.
    static func bootstrapConstants(of runtime: Runtime) -> [String: String] {
        switch runtime.family {
        // Their bootstraps are scripts of bash.
        case .python, .nodejs, .ruby: return ["PWD": "/var/task", "SHLVL": "0"]
        case .java:
            return runtime.major.map { $0 >= 17 } == true ? ["_LAMBDA_TELEMETRY_LOG_FD": "62"] : [:]
        case .provided, .dotnet, .go: return [:]
        }
    }

    /// - Parameter version: The folder of the version's gems, such as `3.3.0`.
    private static func ruby(_ version: String) -> [String: String] {
        [
            "GEM_HOME": "/var/runtime",
            "GEM_PATH": "/var/task/vendor/bundle/ruby/\(version):/opt/ruby/gems/\(version):/var/runtime:/var/runtime/ruby/\(version)",
            "LD_LIBRARY_PATH":
                "/var/lang/lib:/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            "PATH": "/var/lang/bin:/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "RUBYLIB": "/var/runtime/gems/aws_lambda_ric-3.1.3/lib:/var/task:/var/runtime/lib:/opt/ruby/lib",
        ]
    }
}
