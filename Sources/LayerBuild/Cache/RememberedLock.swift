import Foundation
import Interpreters
import LaminaErrors
import SystemPackage

/// Locks that were made for want of the user's own, and hold for a day.
enum RememberedLock {
    /// Seconds for which a lock is taken as it is.
    private static let freshness: TimeInterval = 24 * 60 * 60

    /// Whether the lock is there and may be taken as it is; offline any will do.
    static func isFresh(_ path: FilePath, offline: Bool) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path.string),
            let modified = attributes[.modificationDate] as? Date
        else { return false }
        return offline || Date().timeIntervalSince(modified) < freshness
    }

    /// Moves a lock that a tool made to its place in the cache.
    static func keep(_ lock: FilePath, at path: FilePath) async throws {
        try await WholeFile.make(path) { partial in
            guard rename(lock.string, partial.string) == 0 else { throw LaminaError.system(errno, "cannot store \(path)") }
        }
    }
}
