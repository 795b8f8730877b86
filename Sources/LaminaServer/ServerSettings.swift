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
    /// What functions are allowed.
    public var execution: ExecutionSettings
    /// Functions of which environments are kept ready.
    public var provisioned: [ProvisionedFunction] = []

    public init(data: FilePath) {
        self.data = data
        execution = ExecutionSettings(folder: data.appending("execution"))
    }
}
