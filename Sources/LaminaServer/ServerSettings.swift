import Execution
import SystemPackage

/// What `lamina serve` is told.
public struct ServerSettings: Sendable {
    /// How requests are told apart.
    public enum Authentication: String, Sendable, CaseIterable {
        /// Every request is signed with a known key.
        case on
        /// Signatures are not looked at; a 12-digit access key names the account.
        case off
    }

    public var host = "127.0.0.1"
    /// 0 for any free one.
    public var port = 9090
    public var data: FilePath
    public var authentication = Authentication.on
    /// Connections at a time; others wait to be accepted.
    public var connections = 1000
    /// Bytes of layer versions and deployment packages in an account's region.
    public var codeStorage = 75 << 30
    /// Bytes on disk that functions' logs may take, of all accounts; the oldest events go first.
    public var logStorage = 1 << 30
    /// Asynchronous invocations that may wait, of all accounts.
    public var queuedEvents = 10_000
    /// How long a failed asynchronous invocation waits for its second attempt; it waits twice as long for its third.
    public var retryDelay = Duration.seconds(60)
    /// Environments at a time, of all functions.
    public var environments = ExecutionSettings.environmentsOfMemory
    /// Invocations that an account may have under way in a region.
    public var concurrency = 1000
    /// How long an environment waits for its next invocation before it is ended.
    public var idleTime = Duration.seconds(600)
    /// Functions of which environments are kept ready.
    public var provisioned: [ProvisionedFunction] = []
    /// Bytes of unpacked zips that are kept, those in use included.
    public var unpackedStorage = 10_000_000_000
    /// How long an unpacked zip is kept that nothing uses.
    public var unpackedAge = Duration.seconds(7 * 86_400)
    /// What functions reach; nil for the best that the machine has.
    public var functionNetwork: FunctionNetwork?
    public var functionProcessors = FunctionProcessors.share

    public init(data: FilePath) { self.data = data }
}
