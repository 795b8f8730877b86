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
    private let descriptor: CInt

    /// - Returns: Nil where `waits` is false and another has the lock in a way that excludes this.
    /// - Throws: ``LaminaError`` when there can be no lock.
    init?(_ path: FilePath, isShared: Bool, waits: Bool) throws {
        while true {
            let file = open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw LaminaError.system(errno, "cannot open \(path)") }
            while flock(file, (isShared ? LOCK_SH : LOCK_EX) | (waits ? 0 : LOCK_NB)) != 0 {
                let code = errno
                if code == EINTR { continue }
                close(file)
                if code == EWOULDBLOCK { return nil }
                throw LaminaError.system(code, "cannot lock \(path)")
            }
            // Whoever had it before may have removed the file.
            var status = stat()
            if fstat(file, &status) == 0, status.st_nlink > 0 {
                self.path = path
                descriptor = file
                return
            }
            close(file)
        }
    }

    /// Whoever had it used the tree until now.
    deinit {
        futimens(descriptor, nil)
        close(descriptor)
    }

    /// Notes the tree's size.
    func keep(size: Int) {
        let text = String(size)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.utf8.count, 0)
    }

    /// Lets others use the tree too.
    func share() { flock(descriptor, LOCK_SH) }

    /// Removes the lock with its tree.
    func remove() { unlink(path.string) }
}
