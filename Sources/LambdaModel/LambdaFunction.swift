import Foundation

/// A function's configuration, its code and its layers, as the registry keeps them.
public struct LambdaFunction: Sendable, Hashable, Codable {
    public var account: String
    public var region: String
    public var name: String
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

    public init(
        scope: Scope, name: String, runtime: Runtime, handler: String, role: String, description: String, timeout: Int, memorySize: Int,
        ephemeralStorage: Int, environment: [String: String]?, architecture: Architecture, code: CodePackage, layers: [AttachedLayer],
        lastModified: Date, revisionID: String
    ) {
        account = scope.account
        region = scope.region
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

    public var arn: FunctionARN { FunctionARN(scope: Scope(account: account, region: region), name: name) }

    /// A deployment package.
    public struct CodePackage: Sendable, Hashable, Codable {
        /// The zip's SHA-256, hexadecimal.
        public var sha256: String
        /// Bytes of the zip.
        public var size: Int
        /// Bytes when unzipped.
        public var unzippedSize: Int

        public init(sha256: String, size: Int, unzippedSize: Int) {
            self.sha256 = sha256
            self.size = size
            self.unzippedSize = unzippedSize
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
