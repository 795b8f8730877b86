import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Logging
import NIOCore
import NIOPosix
import Storage
import SystemPackage

/// What all environments of a server share.
struct ExecutionContext: Sendable {
    let settings: ExecutionSettings
    let unpacked: UnpackedStore
    let views = SystemViews()
    let sandboxes: SandboxFacilities
    let eventLoops: any EventLoopGroup

    /// Clears what an earlier server left in the folder.
    init(_ settings: ExecutionSettings, blobs: any BlobStore, logger: Logger) throws {
        self.settings = settings
        eventLoops = MultiThreadedEventLoopGroup.singleton
        do {
            try? FileManager.default.removeItem(atPath: settings.folder.appending("environments").string)
            unpacked = try UnpackedStore(root: settings.folder.appending("unpacked"), blobs: blobs, sizeLimit: settings.unpackedSize)
            try FileManager.default.createDirectory(
                atPath: settings.folder.appending("environments").string, withIntermediateDirectories: true)
            try SandboxArguments.writeConfiguration(to: settings.folder.appending("etc"))
        } catch {
            throw LaminaError(.inputOutput, "cannot prepare \(settings.folder)", cause: error)
        }
        sandboxes = try SandboxFacilities(settings, logger: logger)
    }

    func close() async { await sandboxes.close() }

    /// bubblewrap's program.
    var bubblewrap: FilePath {
        get throws { try ToolPath.find("bwrap", install: "functions run in it (apt-get install bubblewrap)") }
    }
}
