import Execution
import Foundation
import LaminaErrors
import SystemPackage

/// The temporary folder of a `lamina run`, locked while the process lives, so that a later one removes what a killed one has left.
final class RunFolder: Sendable {
    private static let prefix = "lamina-run-"
    private static let lockName = "lock"
    /// Seconds after which a file that is not locked is no one's who is about to lock it.
    private static let settlingTime = 60

    let path: FilePath
    private let lock: FileDescriptor

    /// - Throws: ``LaminaError`` `inputOutput`.
    init(_ path: FilePath) throws {
        self.path = path
        do {
            lock = try FileDescriptor.open(
                path.appending(Self.lockName), .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot make a lock in \(path)")
        }
        flock(lock.rawValue, LOCK_EX)
    }

    deinit { try? lock.close() }

    /// Removes this user's folders whose processes were killed. The temporary folder may be everyone's: links are not followed.
    static func sweep() {
        let files = FileManager.default
        let root = FilePath(files.temporaryDirectory.path)
        for name in (try? files.contentsOfDirectory(atPath: root.string)) ?? [] where name.hasPrefix(prefix) {
            let folder = root.appending(name)
            var status = stat()
            guard lstat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                time(nil) - status.st_mtim.tv_sec > settlingTime, isAbandoned(folder)
            else { continue }
            SandboxLeftovers.remove(of: folder)
            try? files.removeItem(atPath: folder.string)
        }
    }

    private static func isAbandoned(_ folder: FilePath) -> Bool {
        do {
            let lock = try FileDescriptor.open(folder.appending(lockName), .readWrite, options: [.noFollow, .closeOnExec])
            return try lock.closeAfter { flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 }
        } catch {
            // Whoever made it was killed before it could lock it.
            return error as? Errno == .noSuchFileOrDirectory
        }
    }
}
