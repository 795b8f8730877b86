import CLinux
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// What getrlimit(2) tells a function.
enum SandboxLimits {
    /// AWS: a function may have 1,024 open files, and 1,024 processes and threads.
    static let files = 1024, processes = 1024

    /// - Parameters:
    ///   - data: Bytes of data for each process; nil for no limit.
    ///   - isOwnUser: Whether the sandbox's user has no other processes. That of others' is limited by ``limitProcesses(of:)``.
    static func ofFunction(data: Int?, isOwnUser: Bool) -> [clinux_limit] {
        var limits: [(__rlimit_resource, Int)] = [(RLIMIT_NOFILE, files), (RLIMIT_CORE, 0)]
        if isOwnUser { limits.append((__RLIMIT_NPROC, processes)) }
        if let data { limits.append((RLIMIT_DATA, data)) }
        return limits.map { clinux_limit(resource: CInt($0.0.rawValue), value: UInt64($0.1)) }
    }

    /// Limits the processes of a sandbox by themselves, and not with all that its user has: its own namespace of users, which has to be
    /// there by now, counts them.
    static func limitProcesses(of process: pid_t) throws {
        guard clinux_limit_processes(process, UInt32(processes)) == 0 else { throw LaminaError.system(errno, "cannot limit a sandbox") }
    }
}
