#if canImport(Glibc)
import Glibc
#endif

/// How many files, sockets and pipes this process may have open.
enum OpenFileLimit {
    /// Raises it to what the system allows (setrlimit(2): from the soft to the hard limit): a warm environment takes about nine, and each
    /// connection one. Functions have a limit of their own.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // A server with fewer serves all the same.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
