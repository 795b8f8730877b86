import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Logging
import NIOCore
import NIOPosix
import Storage
import SystemPackage

/// What all environments of a process share.
struct ExecutionContext: Sendable {
    let settings: ExecutionSettings
    let blobs: (any BlobStore)?
    let logs: (any LogSink)?
    let unpacked: UnpackedStore
    let runtimes: PreparedRuntimes
    let sandboxes: SandboxFacilities
    let eventLoops: any EventLoopGroup
    let logger: Logger

    /// Clears what an earlier server left in the folder.
    init(_ settings: ExecutionSettings, blobs: (any BlobStore)?, logs: (any LogSink)?, logger: Logger) throws {
        self.settings = settings
        self.blobs = blobs
        self.logs = logs
        self.logger = logger
        runtimes = PreparedRuntimes(logger: logger)
        eventLoops = MultiThreadedEventLoopGroup.singleton
        do {
            try? FileManager.default.removeItem(atPath: settings.folder.appending("environments").string)
            unpacked = try UnpackedStore(
                root: settings.unpackedFolder, sizeLimit: settings.unpackedSize, ageLimit: settings.unpackedAge)
            try FileManager.default.createDirectory(
                atPath: settings.folder.appending("environments").string, withIntermediateDirectories: true)
            try SandboxArguments.writeConfiguration(to: settings.folder.appending("etc"))
        } catch {
            throw LaminaError(.inputOutput, "cannot prepare \(settings.folder)", cause: error)
        }
        sandboxes = try SandboxFacilities(settings, logger: logger)
    }

    func close() async { await sandboxes.close() }
}
