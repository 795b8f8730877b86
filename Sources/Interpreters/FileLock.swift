import Dispatch
import Foundation
import LaminaErrors
import SystemPackage

/// A lock on a file (flock(2)), which is made where it is not there; it ends with the process at the latest.
package final class FileLock: Sendable {
    package let descriptor: FileDescriptor

    /// Takes the lock.
    ///
    /// - Returns: Nil where `waits` is false and another has the lock in a way that excludes this.
    /// - Throws: ``LaminaError`` `inputOutput` when there can be no lock.
    package init?(_ path: FilePath, isShared: Bool = false, waits: Bool) throws {
        while true {
            let file: FileDescriptor
            do {
                file = try FileDescriptor.open(
                    path, .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
            } catch let error as Errno {
                throw LaminaError.system(error.rawValue, "cannot open \(path)")
            }
            while flock(file.rawValue, (isShared ? LOCK_SH : LOCK_EX) | (waits ? 0 : LOCK_NB)) != 0 {
                let code = errno
                if code == EINTR { continue }
                try? file.close()
                if code == EWOULDBLOCK { return nil }
                throw LaminaError.system(code, "cannot lock \(path)")
            }
            // Whoever had it before may have removed the file.
            var status = stat()
            if fstat(file.rawValue, &status) == 0, status.st_nlink > 0 {
                descriptor = file
                return
            }
            try? file.close()
        }
    }

    /// Takes the lock, however long that is; no task is held up meanwhile.
    ///
    /// - Parameter whileOthersHaveIt: Called once where there is something to wait for.
    package static func take(_ path: FilePath, isShared: Bool = false, whileOthersHaveIt: () -> Void) async throws -> FileLock {
        while true {
            if let lock = try FileLock(path, isShared: isShared, waits: false) { return lock }
            whileOthersHaveIt()
            let lock = try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try FileLock(path, isShared: isShared, waits: true) })
                }
            }
            if let lock { return lock }
        }
    }

    deinit { try? descriptor.close() }
}
