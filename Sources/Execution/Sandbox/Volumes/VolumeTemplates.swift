import CLinux
import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import Logging
import Storage
import SystemPackage

/// Makes the volumes of environments: each size once with mkfs, and from then on as a copy, of which only some 60 KB are no holes.
actor VolumeTemplates {
    private let folder: FilePath
    private let makeFileSystem: ExternalTool?
    private let logger: Logger
    private var making: [Int: Task<FilePath, any Error>] = [:]
    /// Sizes whose template was made a second time.
    private var madeAgain: Set<Int> = []
    /// Why there are no volumes on the disk; nil where there are.
    private(set) var obstacle: LaminaError?

    /// Clears what an earlier server left when it was killed.
    ///
    /// - Parameter folder: On the file system of the environments, and no other server's.
    init(folder: FilePath, logger: Logger) {
        (self.folder, self.logger) = (folder, logger)
        Self.removeLeftovers(folder)
        makeFileSystem = try? ExternalTool(name: "mkfs.ext4", executable: Self.program(), environment: ["LC_ALL": "C"])
        if makeFileSystem == nil {
            obstacle = LaminaError(.toolMissing, "mkfs.ext4 is not installed (apt-get install e2fsprogs)")
        }
        if !SandboxUser.areAvailable { obstacle = LaminaError(.unavailable, "only root may mount them") }
    }

    /// Makes the volume of an environment: on the disk, and where that is not possible, in memory.
    ///
    /// - Parameters:
    ///   - path: An empty folder.
    ///   - megabytes: The function's EphemeralStorage size.
    func volume(at path: FilePath, megabytes: Int) async throws -> TemporaryVolume {
        if obstacle == nil {
            do {
                return try await copy(to: path, megabytes: megabytes)
            } catch {
                logger.notice("the files of one environment's /tmp are in memory, beside the memory that its function may have: \(error)")
            }
        }
        return try TemporaryVolume(at: path, inMemory: megabytes << 20)
    }

    /// Tries whether there are volumes on the disk.
    func prepare() async {
        guard obstacle == nil else { return }
        do {
            let path = folder.appending("try-\(UUID().uuidString)")
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
            defer { rmdir(path.string) }
            try await copy(to: path, megabytes: Limits.ephemeralStorage.lowerBound).remove()
        } catch {
            obstacle = error as? LaminaError ?? LaminaError(.inputOutput, "cannot make volumes", cause: error)
        }
    }

    private func copy(to path: FilePath, megabytes: Int) async throws -> TemporaryVolume {
        let template = try await template(megabytes)
        do {
            return try await onBlockingThread { try TemporaryVolume(at: path, copyOf: template) }
        } catch {
            // It may be the template that is spoilt, and no one else will make that again.
            guard madeAgain.insert(megabytes).inserted else { throw error }
            unlink(template.string)
            let second = try await self.template(megabytes)
            return try await onBlockingThread { try TemporaryVolume(at: path, copyOf: second) }
        }
    }

    /// The volume of a size that others are copies of.
    private func template(_ megabytes: Int) async throws -> FilePath {
        // The number before changes with what ``make(_:_:)`` does.
        let path = folder.appending("1-\(megabytes).ext4")
        if access(path.string, R_OK) == 0 { return path }
        let task = making[megabytes] ?? Task { try await self.make(megabytes, path) }
        making[megabytes] = task
        defer { making[megabytes] = nil }
        return try await task.value
    }

    private func make(_ megabytes: Int, _ path: FilePath) async throws -> FilePath {
        guard let makeFileSystem else { throw LaminaError(.toolMissing, "mkfs.ext4 is not installed") }
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let partial = folder.appending("\(UUID().uuidString).partial")
        let mount = FilePath(partial.string + ".mount")
        defer {
            unlink(partial.string)
            rmdir(mount.string)
        }
        let image = try TemporaryVolume.open(partial, .readWrite, [.create, .exclusiveCreate])
        defer { try? image.close() }
        // Beyond the size, what the file system needs for itself, so that a function's files get all of the size.
        let size = (megabytes << 20) + (megabytes << 15) + (4 << 20)
        guard ftruncate(image.rawValue, off_t(size)) == 0 else { throw LaminaError.system(errno, "cannot make \(partial)") }
        try await makeFileSystem.run(
            [
                "-q", "-F", "-b", "4096", "-m", "0", "-i", "16384", "-O", "^has_journal,^resize_inode", "-E",
                "lazy_itable_init=1,nodiscard", partial.string,
            ], explaining: "a volume for /tmp cannot be made")
        guard mkdir(mount.string, 0o700) == 0 else { throw LaminaError.system(errno, "cannot make \(mount)") }
        try TemporaryVolume.mount(image, at: mount)
        rmdir(mount.appending("lost+found").string)
        chmod(mount.string, 0o1777)
        guard clinux_unmount(mount.string) == 0, fsync(image.rawValue) == 0, rename(partial.string, path.string) == 0 else {
            throw LaminaError.system(errno, "cannot keep \(path)")
        }
        return path
    }

    private static func removeLeftovers(_ folder: FilePath) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name).string
            if name.hasSuffix(".partial") { unlink(path) }
            if name.hasSuffix(".partial.mount") || name.hasPrefix("try-") { rmdir(path) }
        }
    }

    private static func program() throws -> FilePath {
        // Beside the folders of PATH: where the programs of root are, which need not be on it.
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        return try ToolPath.find("mkfs.ext4", install: "apt-get install e2fsprogs", environment: ["PATH": path])
    }
}
