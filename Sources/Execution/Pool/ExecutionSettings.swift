import SystemPackage

/// What a server allows its functions.
public struct ExecutionSettings: Sendable {
    /// Where environments and unpacked zips live; below the server's data folder.
    public var folder: FilePath
    /// Environments at a time, of all functions.
    public var environments = 64
    /// How long an environment may wait for its next invocation before it is ended.
    public var idleTime = Duration.seconds(600)
    /// Bytes of unpacked zips that are kept beyond those in use.
    public var unpackedSize = 10_000_000_000

    /// What functions reach; nil for ``FunctionNetwork/nat`` where slirp4netns is installed, else ``FunctionNetwork/none``.
    public var network: FunctionNetwork?
    public var processors = FunctionProcessors.share

    public init(folder: FilePath) { self.folder = folder }
}
