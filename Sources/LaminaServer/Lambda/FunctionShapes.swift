import Foundation
import LambdaModel
import Registry

/// The configuration members that CreateFunction and UpdateFunctionConfiguration share.
struct FunctionSettingsInput: Decodable {
    var functionName: String?
    var runtime: String?
    var handler: String?
    var role: String?
    var description: String?
    var timeout: Int?
    var memorySize: Int?
    var ephemeralStorage: Storage?
    var environment: Environment?
    var layers: [String]?
    var architectures: [String]?
    var packageType: String?
    var code: ZipLocation?
    var revisionID: String?

    struct Storage: Codable {
        var size: Int

        enum CodingKeys: String, CodingKey { case size = "Size" }
    }

    struct Environment: Codable {
        var variables: [String: String]?

        enum CodingKeys: String, CodingKey { case variables = "Variables" }
    }

    enum CodingKeys: String, CodingKey {
        case functionName = "FunctionName"
        case runtime = "Runtime"
        case handler = "Handler"
        case role = "Role"
        case description = "Description"
        case timeout = "Timeout"
        case memorySize = "MemorySize"
        case ephemeralStorage = "EphemeralStorage"
        case environment = "Environment"
        case layers = "Layers"
        case architectures = "Architectures"
        case packageType = "PackageType"
        case code = "Code"
        case revisionID = "RevisionId"
    }

    var settings: FunctionSettings {
        var settings = FunctionSettings()
        settings.runtime = runtime
        settings.handler = handler
        settings.role = role
        settings.description = description
        settings.timeout = timeout
        settings.memorySize = memorySize
        settings.ephemeralStorage = ephemeralStorage?.size
        settings.environment = environment.map { $0.variables ?? [:] }
        settings.layers = layers
        return settings
    }
}

struct UpdateFunctionCodeInput: Decodable {
    var location: ZipLocation
    var architectures: [String]?
    var dryRun: Bool?
    var revisionID: String?

    enum CodingKeys: String, CodingKey {
        case architectures = "Architectures"
        case dryRun = "DryRun"
        case revisionID = "RevisionId"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        location = try ZipLocation(from: decoder)
        architectures = try container.decodeIfPresent([String].self, forKey: .architectures)
        dryRun = try container.decodeIfPresent(Bool.self, forKey: .dryRun)
        revisionID = try container.decodeIfPresent(String.self, forKey: .revisionID)
    }
}

/// FunctionConfiguration.
struct FunctionConfigurationOutput: Encodable {
    private let function: LambdaFunction

    init(_ function: LambdaFunction) { self.function = function }

    private enum CodingKeys: String, CodingKey {
        case functionName = "FunctionName"
        case functionArn = "FunctionArn"
        case runtime = "Runtime"
        case role = "Role"
        case handler = "Handler"
        case codeSize = "CodeSize"
        case description = "Description"
        case timeout = "Timeout"
        case memorySize = "MemorySize"
        case lastModified = "LastModified"
        case codeSHA256 = "CodeSha256"
        case version = "Version"
        case environment = "Environment"
        case tracingConfig = "TracingConfig"
        case revisionID = "RevisionId"
        case layers = "Layers"
        case state = "State"
        case lastUpdateStatus = "LastUpdateStatus"
        case packageType = "PackageType"
        case architectures = "Architectures"
        case ephemeralStorage = "EphemeralStorage"
        case snapStart = "SnapStart"
        case loggingConfig = "LoggingConfig"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(function.name, forKey: .functionName)
        try container.encode(function.arn.description, forKey: .functionArn)
        try container.encode(function.runtime.identifier, forKey: .runtime)
        try container.encode(function.role, forKey: .role)
        try container.encode(function.handler, forKey: .handler)
        try container.encode(function.code.size, forKey: .codeSize)
        try container.encode(function.description, forKey: .description)
        try container.encode(function.timeout, forKey: .timeout)
        try container.encode(function.memorySize, forKey: .memorySize)
        try container.encode(AWSDate.format(function.lastModified), forKey: .lastModified)
        try container.encode(function.code.sha256.base64Digest, forKey: .codeSHA256)
        try container.encode("$LATEST", forKey: .version)
        if let environment = function.environment {
            try container.encode(FunctionSettingsInput.Environment(variables: environment), forKey: .environment)
        }
        try container.encode(["Mode": "PassThrough"], forKey: .tracingConfig)
        try container.encode(function.revisionID, forKey: .revisionID)
        if !function.layers.isEmpty { try container.encode(function.layers.map(Layer.init), forKey: .layers) }
        try container.encode("Active", forKey: .state)
        try container.encode("Successful", forKey: .lastUpdateStatus)
        try container.encode("Zip", forKey: .packageType)
        try container.encode([function.architecture.rawValue], forKey: .architectures)
        try container.encode(FunctionSettingsInput.Storage(size: function.ephemeralStorage), forKey: .ephemeralStorage)
        try container.encode(["ApplyOn": "None", "OptimizationStatus": "Off"], forKey: .snapStart)
        try container.encode(["LogFormat": "Text", "LogGroup": "/aws/lambda/\(function.name)"], forKey: .loggingConfig)
    }

    private struct Layer: Encodable {
        var arn: String
        var codeSize: Int

        init(_ layer: LambdaFunction.AttachedLayer) {
            arn = layer.arn
            codeSize = layer.size
        }

        enum CodingKeys: String, CodingKey {
            case arn = "Arn"
            case codeSize = "CodeSize"
        }
    }
}

struct GetFunctionOutput: Encodable {
    var configuration: FunctionConfigurationOutput
    var code: Code

    struct Code: Encodable {
        var repositoryType = "S3"
        var location: String

        enum CodingKeys: String, CodingKey {
            case repositoryType = "RepositoryType"
            case location = "Location"
        }
    }

    enum CodingKeys: String, CodingKey {
        case configuration = "Configuration"
        case code = "Code"
    }
}

struct ListFunctionsOutput: Encodable {
    var functions: [FunctionConfigurationOutput]
    var nextMarker: String?

    enum CodingKeys: String, CodingKey {
        case functions = "Functions"
        case nextMarker = "NextMarker"
    }
}
