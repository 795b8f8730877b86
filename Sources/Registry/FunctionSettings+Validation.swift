import LambdaModel

extension FunctionSettings {
    /// Notes every member that breaks a constraint.
    func validate(_ validation: inout Validation) {
        if let role, !Self.isRole(role) {
            validation.fail(
                "role", value: role,
                "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+")
        }
        if let handler {
            validation.requireLength("handler", handler, atMost: 128)
            if handler.isEmpty || handler.utf8.contains(0) || handler.contains(where: \.isWhitespace) {
                validation.fail("handler", value: handler, "Member must satisfy regular expression pattern: [^\\s]+")
            }
        }
        validation.requireLength("description", description, atMost: 256)
        validation.requireRange("timeout", timeout, Limits.timeout)
        validation.requireRange("memorySize", memorySize, Limits.memory)
        validation.requireRange("ephemeralStorage.size", ephemeralStorage, Limits.ephemeralStorage)
        validation.requireLayerARNs(layers)
        validation.requireMember("tracingConfig.mode", surroundings.tracingMode, of: ["Active", "PassThrough"])
        validation.requireMember("snapStart.applyOn", surroundings.snapStart, of: ["PublishedVersions", "None"])
        requireLogging(&validation)
        if let environment, environment.contains(where: { !Self.isVariableName($0.key) || $0.value.utf8.contains(0) }) {
            validation.fail(
                "environment.variables", value: "{\(environment.keys.sorted().map { "\($0)=…" }.joined(separator: ", "))}",
                "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null], and values must not have a zero byte"
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
        guard let group = logging?.group else { return }
        let isGroup =
            (1...512).contains(group.utf8.count)
            && group.utf8.allSatisfy { byte in
                ".-_/#".utf8.contains(byte) || Character(Unicode.Scalar(byte)).isLetter && byte < 0x80 || (0x30...0x39).contains(byte)
            }
        if !isGroup {
            validation.fail("loggingConfig.logGroup", value: group, "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+")
        }
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
        guard surroundings.snapStart != "PublishedVersions" || known.hasSnapStart else {
            throw APIError.invalidParameter("\(runtime) is not supported for SnapStart enabled functions.")
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
        let size = environment.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= Limits.environmentVariables else {
            throw APIError.invalidParameter("\(message) exceeded the 4KB limit. String measured: \(JSONValue.map(environment).text)")
        }
    }

    private static func isRole(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[1].hasPrefix("aws") && parts[2] == "iam" && parts[4].isAccountID
            && parts[5].hasPrefix("role")
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
