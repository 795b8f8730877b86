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

    public init(data: FilePath) { self.data = data }
}
