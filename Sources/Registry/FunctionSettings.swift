import LambdaModel

/// The members of a function's configuration that a request names; nil where it names none.
public struct FunctionSettings: Sendable {
    public var runtime: String?
    public var handler: String?
    public var role: String?
    public var description: String?
    public var timeout: Int?
    public var memorySize: Int?
    public var ephemeralStorage: Int?
    public var environment: [String: String]?
    public var layers: [String]?
    public var surroundings = FunctionSurroundings()
    public var logging: FunctionLogging?
    /// Whether the request connects file systems, which there are none of here.
    public var hasFileSystems = false

    public init() {}

    /// Puts what is named in place of what a function has.
    func apply(to function: inout LambdaFunction) throws {
        if let runtime { function.runtime = try Runtime(runtime) }
        if let handler { function.handler = handler }
        if let role { function.role = role }
        if let description { function.description = description }
        if let timeout { function.timeout = timeout }
        if let memorySize { function.memorySize = memorySize }
        if let ephemeralStorage { function.ephemeralStorage = ephemeralStorage }
        if let environment { function.environment = environment }
        function.surroundings = (function.surroundings ?? FunctionSurroundings()).changed(by: surroundings)
        if let logging { function.logging = (function.logging ?? FunctionLogging()).changed(by: logging) }
    }
}

extension FunctionSurroundings {
    fileprivate func changed(by other: FunctionSurroundings) -> FunctionSurroundings? {
        var result = self
        if let subnetIDs = other.subnetIDs { result.subnetIDs = subnetIDs }
        if let securityGroupIDs = other.securityGroupIDs { result.securityGroupIDs = securityGroupIDs }
        if let allowsIPv6 = other.allowsIPv6 { result.allowsIPv6 = allowsIPv6 }
        // An empty text takes these away.
        if let target = other.deadLetterTarget { result.deadLetterTarget = target.isEmpty ? nil : target }
        if let kmsKey = other.kmsKey { result.kmsKey = kmsKey.isEmpty ? nil : kmsKey }
        if let tracingMode = other.tracingMode { result.tracingMode = tracingMode }
        if let snapStart = other.snapStart { result.snapStart = snapStart }
        return result == FunctionSurroundings() ? nil : result
    }
}

extension FunctionLogging {
    fileprivate func changed(by other: FunctionLogging) -> FunctionLogging {
        var result = self
        if let format = other.format { result.format = format }
        if let level = other.applicationLevel { result.applicationLevel = level }
        if let level = other.systemLevel { result.systemLevel = level }
        if let group = other.group { result.group = group }
        // AWS: levels go with JSON, INFO where none is given.
        result.applicationLevel = result.format == "JSON" ? result.applicationLevel ?? "INFO" : nil
        result.systemLevel = result.format == "JSON" ? result.systemLevel ?? "INFO" : nil
        return result
    }
}
