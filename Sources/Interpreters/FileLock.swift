import Dispatch
import Foundation
import LaminaErrors
import SystemPackage

/// A lock on a file (flock(2)), which is made where it is not there; it ends with the process at the latest.
package final class FileLock: Sendable {
    private let descriptor: FileDescriptor

    /// Takes the lock.
    ///
    /// - Returns: Nil where `waits` is false and another has the lock in a way that excludes this.
    /// - Throws: ``LaminaError`` `inputOutput` when there can be no lock.
    package init?(_ path: FilePath, isShared: Bool = false, waits: Bool) throws {
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot open \(path)")
        }
        while flock(descriptor.rawValue, (isShared ? LOCK_SH : LOCK_EX) | (waits ? 0 : LOCK_NB)) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return nil
            case let code: throw LaminaError.system(code, "cannot lock \(path)")
            }
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
