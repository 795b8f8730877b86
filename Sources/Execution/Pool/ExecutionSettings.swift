import Foundation
import Interpreters
import SystemPackage

/// What a server allows its functions.
public struct ExecutionSettings: Sendable {
    /// Where environments live; below the server's data folder.
    public var folder: FilePath
    /// Where unpacked zips are kept, by their hash; processes of one user share it.
    public var unpackedFolder: FilePath
    /// Environments at a time, of all functions.
    public var environments = Self.environmentsOfMemory
    /// Invocations that an account may have under way in a region.
    public var concurrency = 1000
    /// How long an environment may wait for its next invocation before it is ended.
    public var idleTime = Duration.seconds(600)
    /// Bytes of unpacked zips that are kept, those in use included.
    public var unpackedSize = 10_000_000_000
    /// How long an unpacked zip is kept that nothing uses.
    public var unpackedAge = Duration.seconds(7 * 86_400)

    /// What functions reach; nil for ``FunctionNetwork/nat`` where slirp4netns is installed, else ``FunctionNetwork/none``.
    public var network: FunctionNetwork?
    /// What a function's share of the processors, by its memory, means.
    public var processors = FunctionProcessors.share

    /// As many environments as this machine has memory for, at the least that a function may have: 64 to AWS's 1,000.
    public static let environmentsOfMemory = min(1000, max(64, Int(ProcessInfo.processInfo.physicalMemory >> 20) / 128))

    public init(folder: FilePath) {
        self.folder = folder
        unpackedFolder = CacheFolder.path().appending("unpacked")
    }
}
