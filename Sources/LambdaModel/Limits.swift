/// Lambda's quotas, in bytes unless said otherwise (AWS: "Lambda quotas").
public enum Limits {
    /// A zip that comes in the request itself.
    public static let zippedDirect = 52_428_800
    /// A request's body.
    public static let requestBody = 70_167_211
    /// A function and all its layers, unzipped.
    public static let unzipped = 262_144_000
    public static let layersPerFunction = 5
    /// Characters.
    public static let description = 256
    /// Characters.
    public static let licenseInfo = 512
    /// Of one layer version.
    public static let compatibleRuntimes = 15
    /// All environment variables together, as one JSON object.
    public static let environmentVariables = 4096
    /// A synchronous invocation's payload.
    public static let synchronousRequest = 6_291_456
    /// A synchronous invocation's response.
    public static let synchronousResponse = 6_291_556
    /// A streamed response.
    public static let streamedResponse = 209_715_200
    /// The end of the log that an invocation can return.
    public static let logTail = 4096
    /// An asynchronous invocation's payload.
    public static let asynchronousRequest = 1_048_576
    /// An invocation's client context, in Base64.
    public static let clientContext = 3583
    /// A resource-based policy's document.
    public static let policy = 20_480
    /// Of one function.
    public static let tags = 50
    /// Of one environment.
    public static let extensions = 10
    /// Milliseconds that the init phase may take.
    public static let initMilliseconds = 10_000
    /// MiB of memory a function may have.
    public static let memory = 128...10_240
    /// Seconds a function may run.
    public static let timeout = 1...900
    /// MiB of /tmp.
    public static let ephemeralStorage = 512...10_240
    /// Items of one page of a layer list.
    public static let layerPage = 1...50
    /// Items of one page of a function list.
    public static let functionPage = 1...10_000
}
