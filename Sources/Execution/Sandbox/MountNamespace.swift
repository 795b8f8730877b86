import CLinux
import Foundation
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// This process's own view of the file system, where overlays can be mounted that no one else sees and that end with the process.
public enum MountNamespace {
    /// Leaves the host's mount namespace; without root, in a user namespace too.
    ///
    /// Call at the start of `main`, before any other thread exists: the kernel moves the calling thread only.
    ///
    /// - Throws: ``LaminaError`` `unavailable` where the system forbids it, with what to do.
    public static func enter() throws {
        // The threads that exist already would stay behind, and what is mounted here would not be there for what they start.
        guard try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count == 1 else {
            throw LaminaError(.unavailable, "the mount namespace must be entered before other threads exist")
        }
        let (user, group) = (geteuid(), getegid())
        let needsUser = user != 0
        guard clinux_unshare_mounts(needsUser ? 1 : 0) == 0 else {
            throw LaminaError(
                .unavailable,
                needsUser
                    ? "the system forbids user namespaces, which functions run in: allow them (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0), or start lamina as root"
                    : "the system forbids mount namespaces, which functions run in: give the container the capability SYS_ADMIN",
                cause: LaminaError.system(errno, "unshare"))
        }
        if needsUser {
            // The mapping of one user to root inside needs setgroups to be denied first: user_namespaces(7).
            try write("deny", to: "/proc/self/setgroups")
            try write("0 \(user) 1", to: "/proc/self/uid_map")
            try write("0 \(group) 1", to: "/proc/self/gid_map")
        }
        guard clinux_make_mounts_private() == 0 else { throw LaminaError.system(errno, "cannot make the mounts private") }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw LaminaError.system(errno, "cannot open \(path)") }
        defer { close(file) }
        guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else { throw LaminaError.system(errno, "cannot write \(path)") }
    }
}
