import CSeccomp
import LaminaErrors

#if canImport(Glibc)
import Glibc
#endif

/// The system calls that a function may not make: those that container engines refuse to containers without privileges.
///
/// All else is allowed, and calls of another architecture than the machine's end the process.
enum SystemCallFilter {
    /// The filter as the kernel takes it (seccomp(2): `struct sock_filter`), made once a process.
    static let program = Result { try compile() }

    private static func compile() throws -> [UInt8] {
        guard let context = seccomp_init(allow) else { throw LaminaError(.unavailable, "cannot make a filter of system calls") }
        defer { seccomp_release(context) }
        try check(seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, killProcess))
        // A search tree in place of a list of comparisons.
        try check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2))
        for rule in rules {
            let number = seccomp_syscall_resolve_name(rule.name)
            // One that this architecture, or this libseccomp, does not have.
            guard number >= 0 else { continue }
            try check(seccomp_rule_add_array(context, deny(rule.error), number, UInt32(rule.arguments.count), rule.arguments))
        }
        return try export(context)
    }

    private static func export(_ context: scmp_filter_ctx) throws -> [UInt8] {
        let pipe = try PipeEnds()
        // The largest filter that the kernel takes, 4,096 instructions of 8 bytes, fits into a pipe.
        try check(seccomp_export_bpf(context, pipe.writing))
        return pipe.readWithoutWaiting()
    }

    private static func check(_ result: CInt) throws {
        guard result == 0 else { throw LaminaError.system(-result, "cannot make a filter of system calls") }
    }

    // Macros that are not imported.
    private static let allow: UInt32 = 0x7fff_0000
    private static let killProcess: UInt32 = 0x8000_0000
    private static func deny(_ error: CInt) -> UInt32 { 0x0005_0000 | UInt32(error) }
}
