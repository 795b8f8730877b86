import CLinux
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// A sandbox's network, from outside.
enum NetworkNamespace {
    /// Moves the calling thread, which must not do anything else afterwards, into the network of a process.
    static func enter(_ process: pid_t) throws {
        let namespace = open("/proc/\(process)/ns/net", O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else { throw LaminaError.system(errno, "cannot open the sandbox's network") }
        defer { close(namespace) }
        guard clinux_enter_network_namespace(namespace) == 0 else { throw LaminaError.system(errno, "cannot enter the sandbox's network") }
    }
}
