import Interpreters
import LaminaErrors
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The lock of one unpacked tree, a file beside it: shared by who uses the tree, exclusive for who makes or removes it, in any process.
///
/// The file's text is the tree's size in bytes, its time of change that of the last use.
final class TreeLock: Sendable {
    let path: FilePath
    private let lock: FileLock

    /// - Returns: Nil where `waits` is false and another has the lock in a way that excludes this.
    /// - Throws: ``LaminaError`` when there can be no lock.
    init?(_ path: FilePath, isShared: Bool, waits: Bool) throws {
        guard let lock = try FileLock(path, isShared: isShared, waits: waits) else { return nil }
        (self.path, self.lock) = (path, lock)
    }

    /// Whoever had it used the tree until now.
    deinit { futimens(lock.descriptor.rawValue, nil) }

    /// Notes the tree's size.
    func keep(size: Int) {
        let text = String(size)
        ftruncate(lock.descriptor.rawValue, 0)
        pwrite(lock.descriptor.rawValue, text, text.utf8.count, 0)
    }

    /// Lets others use the tree too.
    func share() { flock(lock.descriptor.rawValue, LOCK_SH) }

    /// Removes the lock with its tree.
    func remove() { unlink(path.string) }
}
