import Checksum
import LambdaModel
import Registry

/// AWS's FunctionConfiguration, of one version of a function.
struct FunctionConfiguration {
    /// What became of the function just before the answer, which waiters look at.
    enum Moment {
        /// In lists states are left out.
        case listed
        case settled
        case created
        case updated
    }

    let function: LambdaFunction
    let arn: FunctionARN
    let moment: Moment

    /// - Parameter qualifier: As it was asked for; nil for the ARN without one.
    init(_ function: LambdaFunction, qualifier: String?, _ moment: Moment) {
        self.function = function
        self.moment = moment
        arn = FunctionARN(scope: function.scope, name: function.name, qualifier: qualifier)
    }

    init(_ found: QualifiedFunction) { self.init(found.function, qualifier: found.qualifier, .settled) }

    /// The members in the order that AWS prints them.
    var document: JSONValue {
        let surroundings = function.surroundings
        let own: JSONValue = [
            "FunctionName": .string(function.name), "FunctionArn": .string(arn.description),
            "Runtime": .string(function.runtime.identifier), "Role": .string(function.role), "Handler": .string(function.handler),
            "CodeSize": .integer(function.code.size), "Description": .string(function.description), "Timeout": .integer(function.timeout),
            "MemorySize": .integer(function.memorySize), "LastModified": .string(AWSDate.format(function.lastModified)),
            "CodeSha256": .string(function.code.sha256.base64Digest), "Version": .string(function.versionText),
            "VpcConfig": surroundings.flatMap(Self.network),
            "DeadLetterConfig": (surroundings?.deadLetterTarget).map { ["TargetArn": .string($0)] },
            "Environment": function.environment.map { ["Variables": .map($0)] }, "KMSKeyArn": (surroundings?.kmsKey).map(JSONValue.string),
            "TracingConfig": ["Mode": .string(surroundings?.tracingMode ?? "PassThrough")], "RevisionId": .string(function.revisionID),
            "Layers": function.layers.isEmpty ? nil : .array(function.layers.map(\.document)),
        ]
        return own.adding(state).adding([
            "PackageType": "Zip", "Architectures": .strings([function.architecture.rawValue]),
            "EphemeralStorage": ["Size": .integer(function.ephemeralStorage)], "SnapStart": snapStart,
            "RuntimeVersionConfig": runtimeVersion, "LoggingConfig": logging,
        ])
    }

    private var state: JSONValue {
        let reason: JSONValue = "The function is being created."
        return switch moment {
        case .listed: [:]
        case .settled: ["State": "Active", "LastUpdateStatus": "Successful"]
        case .created: ["State": "Pending", "StateReason": reason, "StateReasonCode": "Creating"]
        case .updated:
            [
                "State": "Active", "LastUpdateStatus": "InProgress", "LastUpdateStatusReason": reason,
                "LastUpdateStatusReasonCode": "Creating",
            ]
        }
    }

    /// AWS names the build of a runtime by a digest; ours is of the runtime's name, since one has but one build here.
    private var runtimeVersion: JSONValue? {
        guard moment != .listed else { return nil }
        let digest = SHA256Digest(of: function.runtime.identifier.utf8)
        return ["RuntimeVersionArn": .string("arn:aws:lambda:\(function.region)::runtime:\(digest)")]
    }

    private var snapStart: JSONValue {
        let applyOn = function.surroundings?.snapStart ?? "None"
        return [
            "ApplyOn": .string(applyOn),
            "OptimizationStatus": applyOn == "PublishedVersions" && function.version > 0 ? "On" : "Off",
        ]
    }

    private var logging: JSONValue {
        [
            "LogFormat": .string(function.logging?.format ?? "Text"),
            "ApplicationLogLevel": (function.logging?.applicationLevel).map(JSONValue.string),
            "SystemLogLevel": (function.logging?.systemLevel).map(JSONValue.string), "LogGroup": .string(function.logGroup),
        ]
    }

    private static func network(_ surroundings: FunctionSurroundings) -> JSONValue? {
        guard surroundings.subnetIDs != nil || surroundings.securityGroupIDs != nil else { return nil }
        return [
            "SubnetIds": .strings(surroundings.subnetIDs ?? []), "SecurityGroupIds": .strings(surroundings.securityGroupIDs ?? []),
            "VpcId": "", "Ipv6AllowedForDualStack": .bool(surroundings.allowsIPv6 ?? false),
        ]
    }
}

extension LambdaFunction.AttachedLayer {
    fileprivate var document: JSONValue { ["Arn": .string(arn), "CodeSize": .integer(size)] }
}
