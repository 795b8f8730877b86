import Foundation

/// One version of a function: its configuration, its code and its layers, as the registry keeps them.
public struct LambdaFunction: Sendable, Hashable, Codable {
    public var account: String
    public var region: String
    public var name: String
    /// 0 is $LATEST, which changes; the others are published and never do.
    public var version: Int
    public var runtime: Runtime
    public var handler: String
    public var role: String
    public var description: String
    /// Seconds.
    public var timeout: Int
    /// MiB.
    public var memorySize: Int
    /// MiB of /tmp.
    public var ephemeralStorage: Int
    public var environment: [String: String]?
    public var architecture: Architecture
    public var code: CodePackage
    public var layers: [AttachedLayer]
    public var lastModified: Date
    public var revisionID: String
    /// What AWS connects a function with, kept as it was given.
    public var surroundings: FunctionSurroundings?
    public var logging: FunctionLogging?

    public init(
        scope: Scope, name: String, runtime: Runtime, handler: String, role: String, description: String, timeout: Int, memorySize: Int,
        ephemeralStorage: Int, environment: [String: String]?, architecture: Architecture, code: CodePackage, layers: [AttachedLayer],
        lastModified: Date, revisionID: String
    ) {
        account = scope.account
        region = scope.region
        version = 0
        self.name = name
        self.runtime = runtime
        self.handler = handler
        self.role = role
        self.description = description
        self.timeout = timeout
        self.memorySize = memorySize
        self.ephemeralStorage = ephemeralStorage
        self.environment = environment
        self.architecture = architecture
        self.code = code
        self.layers = layers
        self.lastModified = lastModified
        self.revisionID = revisionID
    }

    public var scope: Scope { Scope(account: account, region: region) }

    /// The ARN without a qualifier.
    public var arn: FunctionARN { FunctionARN(scope: scope, name: name) }

    /// `$LATEST`, or the number.
    public var versionText: String { version == 0 ? "$LATEST" : String(version) }

    /// The log group that the function writes to.
    public var logGroup: String { logging?.group ?? "/aws/lambda/\(name)" }

    /// Whether the code and configuration are the same, whatever the version and the description.
    public func runsLike(_ other: LambdaFunction) -> Bool {
        var own = self
        (own.version, own.description) = (other.version, other.description)
        return own.sharesEnvironments(with: other)
    }

    /// Whether an environment of the one serves the other: tags and grants make a revision, and change nothing that runs.
    public func sharesEnvironments(with other: LambdaFunction) -> Bool {
        var own = self
        (own.revisionID, own.lastModified) = (other.revisionID, other.lastModified)
        return own == other
    }

    /// A deployment package.
    public struct CodePackage: Sendable, Hashable, Codable {
        /// The zip's SHA-256, hexadecimal.
        public var sha256: String
        /// Bytes of the zip.
        public var size: Int
        /// Bytes when unzipped.
        public var unzippedSize: Int
        /// The object that it is a reference to, where it was not copied.
        public var source: ObjectReference?

        public init(sha256: String, size: Int, unzippedSize: Int, source: ObjectReference? = nil) {
            self.sha256 = sha256
            self.size = size
            self.unzippedSize = unzippedSize
            self.source = source
        }
    }

    /// A layer version that the function has, kept by its bytes, so that it outlives the version's deletion.
    public struct AttachedLayer: Sendable, Hashable, Codable {
        public var arn: String
        public var sha256: String
        /// Bytes of the zip.
        public var size: Int
        /// Bytes when unzipped.
        public var unzippedSize: Int

        public init(arn: String, sha256: String, size: Int, unzippedSize: Int) {
            self.arn = arn
            self.sha256 = sha256
            self.size = size
            self.unzippedSize = unzippedSize
        }
    }
}

/// An S3 object that code is a reference to: AWS's ResolvedS3Object.
public struct ObjectReference: Sendable, Hashable, Codable {
    public var bucket: String
    public var key: String
    /// Nil in a bucket without versions.
    public var version: String?

    public init(bucket: String, key: String, version: String?) {
        self.bucket = bucket
        self.key = key
        self.version = version
    }
}

/// Settings for parts of AWS that stand around a function. They are kept and given back, and do nothing here.
public struct FunctionSurroundings: Sendable, Hashable, Codable {
    public var subnetIDs: [String]?
    public var securityGroupIDs: [String]?
    public var allowsIPv6: Bool?
    public var deadLetterTarget: String?
    public var kmsKey: String?
    /// `Active` or `PassThrough`.
    public var tracingMode: String?
    /// `PublishedVersions` or `None`.
    public var snapStart: String?

    public init() {}
}

/// AWS's LoggingConfig.
public struct FunctionLogging: Sendable, Hashable, Codable {
    /// `Text` or `JSON`.
    public var format: String?
    public var applicationLevel: String?
    public var systemLevel: String?
    public var group: String?

    public init() {}
}
