import LambdaModel
import Registry

extension FunctionSettings {
    /// The members that CreateFunction and UpdateFunctionConfiguration share.
    init(_ input: JSONInput) throws {
        self.init()
        runtime = try input.string("Runtime")
        handler = try input.string("Handler")
        role = try input.string("Role")
        description = try input.string("Description")
        timeout = try input.integer("Timeout")
        memorySize = try input.integer("MemorySize")
        ephemeralStorage = try input.object("EphemeralStorage")?.integer("Size")
        environment = try input.object("Environment").map { try $0.map("Variables") ?? [:] }
        layers = try input.strings("Layers")
        hasFileSystems = try input.objects("FileSystemConfigs")?.isEmpty == false
        let network = try input.object("VpcConfig")
        surroundings.subnetIDs = try network?.strings("SubnetIds")
        surroundings.securityGroupIDs = try network?.strings("SecurityGroupIds")
        surroundings.allowsIPv6 = try network?.bool("Ipv6AllowedForDualStack")
        surroundings.deadLetterTarget = try input.object("DeadLetterConfig").map { try $0.string("TargetArn") ?? "" }
        surroundings.kmsKey = try input.string("KMSKeyArn")
        surroundings.tracingMode = try input.object("TracingConfig")?.string("Mode")
        surroundings.snapStart = try input.object("SnapStart")?.string("ApplyOn")
        if let logs = try input.object("LoggingConfig") {
            var logging = FunctionLogging()
            logging.format = try logs.string("LogFormat")
            logging.applicationLevel = try logs.string("ApplicationLogLevel")
            logging.systemLevel = try logs.string("SystemLogLevel")
            logging.group = try logs.string("LogGroup")
            self.logging = logging
        }
    }
}

extension NewFunction {
    /// CreateFunction's input.
    init(_ input: JSONInput) throws {
        self.init(
            name: try input.string("FunctionName"), settings: try FunctionSettings(input),
            architectures: try input.strings("Architectures"),
            packageType: try input.string("PackageType"), tags: try input.map("Tags"), publishes: try input.bool("Publish") ?? false,
            code: try input.object("Code").map { try CodeLocation($0) })
    }
}
