import LambdaModel

extension FunctionSettings {
    /// Checks all that AWS checks of the settings themselves, whatever else the account has.
    ///
    /// - Throws: `APIError`.
    public func check() throws {
        var validation = Validation()
        validate(&validation)
        try validation.finish()
        try requireParameters()
    }

    /// Notes every member that breaks a constraint.
    func validate(_ validation: inout Validation) {
        validation.require("role", role, .role)
        validation.require("handler", handler, .handler, length: 0...128)
        validation.require("deadLetterConfig.targetArn", surroundings.deadLetterTarget, .optionalARN)
        validation.require("kMSKeyArn", surroundings.kmsKey, .optionalARN)
        validation.requireLength("description", description, atMost: Limits.description)
        validation.requireRange("timeout", timeout, Limits.timeout)
        validation.requireRange("memorySize", memorySize, Limits.memory)
        validation.requireRange("ephemeralStorage.size", ephemeralStorage, Limits.ephemeralStorage)
        validation.requireLayerARNs(layers)
        validation.requireMember("tracingConfig.mode", surroundings.tracingMode, of: ["Active", "PassThrough"])
        validation.requireMember("snapStart.applyOn", surroundings.snapStart, of: ["PublishedVersions", "None"])
        requireLogging(&validation)
        if let environment, !environment.keys.allSatisfy({ Pattern.variableName.matches($0) }) {
            validation.failSecretly(
                "environment.variables",
                "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: \(Pattern.variableName.text), Member must not be null]"
            )
        }
    }

    /// Checks what AWS checks later, one after the other.
    ///
    /// - Throws: `APIError` InvalidParameterValueException.
    func requireParameters() throws {
        try requireRuntime()
        try requireEnvironment()
        guard !hasFileSystems else {
            throw APIError.invalidParameter("There are no file systems here to connect a function with; leave FileSystemConfigs out.")
        }
    }

    private func requireLogging(_ validation: inout Validation) {
        validation.requireMember("loggingConfig.logFormat", logging?.format, of: ["JSON", "Text"])
        validation.requireMember(
            "loggingConfig.applicationLogLevel", logging?.applicationLevel, of: ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
        validation.requireMember("loggingConfig.systemLogLevel", logging?.systemLevel, of: ["DEBUG", "INFO", "WARN"])
        validation.require("loggingConfig.logGroup", logging?.group, .logGroup, length: 1...512)
    }

    /// AWS tells of an unknown runtime apart from the other members, without quotes and count.
    private func requireRuntime() throws {
        guard let runtime else { return }
        guard let known = try? Runtime(runtime) else {
            throw APIError.invalidParameter(
                "Value \(runtime) at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \(Validation.runtimeSet) or be a valid ARN"
            )
        }
        if let successor = known.successor {
            throw APIError.invalidParameter(
                "The runtime parameter of \(runtime) is no longer supported for creating or updating AWS Lambda functions. We recommend you use the new runtime (\(successor)) while creating or updating functions."
            )
        }
    }

    private func requireEnvironment() throws {
        guard let environment else { return }
        let message =
            "Lambda was unable to configure your environment variables because the environment variables you have provided"
        let reserved = environment.keys.filter(Self.reserved.contains).sorted()
        guard reserved.isEmpty else {
            throw APIError.invalidParameter(
                "\(message) contains reserved keys that are currently not supported for modification. Reserved keys used in this request: \(reserved.joined(separator: ", "))"
            )
        }
        let measured = JSONValue.map(environment).text
        guard measured.utf8.count <= Limits.environmentVariables else {
            throw APIError.invalidParameter("\(message) exceeded the 4KB limit. String measured: \(measured)")
        }
        guard !environment.values.contains(where: { $0.utf8.contains(0) }) else {
            throw APIError.invalidParameter("\(message) contain a zero byte, which no process takes.")
        }
    }

    /// AWS: "Defined runtime environment variables", the reserved ones.
    private static let reserved: Set = [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ]
}
