import CSeccomp

#if canImport(Glibc)
import Glibc
#endif

extension SystemCallFilter {
    /// A call that is answered with an error, always or with certain arguments.
    struct Rule {
        var name: String
        var error = EPERM
        /// All have to match.
        var arguments: [scmp_arg_cmp] = []
    }

    static let rules = names.map { Rule(name: $0) } + namespaces + sockets + personalities + others

    private static let names = [
        // Mounts and roots.
        "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount", "open_by_handle_at", "open_tree",
        "pivot_root", "umount", "umount2",
        // Other processes.
        "kcmp", "pidfd_getfd", "process_madvise", "process_vm_readv", "process_vm_writev", "ptrace", "setns", "unshare",
        // Parts of the kernel whose errors have often been ways out.
        "add_key", "bpf", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl", "perf_event_open", "request_key",
        "userfaultfd",
        // The machine itself.
        "acct", "clock_settime", "create_module", "delete_module", "fanotify_init", "finit_module", "get_kernel_syms", "init_module",
        "ioperm", "iopl", "kexec_file_load", "kexec_load", "lookup_dcookie", "modify_ldt", "nfsservctl", "query_module", "quotactl",
        "quotactl_fd", "reboot", "setdomainname", "sethostname", "settimeofday", "stime", "swapoff", "swapon", "sysfs", "syslog", "uselib",
        "ustat", "vhangup", "vm86", "vm86old", "_sysctl",
        // Where memory lies.
        "get_mempolicy", "mbind", "migrate_pages", "move_pages", "set_mempolicy", "set_mempolicy_home_node",
    ]

    /// clone(2) with CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID or NEWNET. The flags of clone3(2) are where no filter can look:
    /// without it, C libraries use clone(2).
    private static let namespaces: [Rule] =
        [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000].map {
            Rule(name: "clone", arguments: [scmp_arg_cmp(arg: 0, op: SCMP_CMP_MASKED_EQ, datum_a: $0, datum_b: $0)])
        } + [Rule(name: "clone3", error: ENOSYS)]

    /// Of the families, Unix, IPv4, IPv6 and netlink's routes are left, the last since getaddrinfo(3) and if_nameindex(3) ask there; of
    /// their types, no raw ones.
    private static let sockets: [Rule] =
        ((3...9).map { $0 } + (11...15).map { $0 }).map {
            Rule(name: "socket", error: EAFNOSUPPORT, arguments: [scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: $0, datum_b: 0)])
        } + [
            Rule(
                name: "socket", error: EAFNOSUPPORT,
                arguments: [scmp_arg_cmp(arg: 0, op: SCMP_CMP_GT, datum_a: UInt64(AF_NETLINK), datum_b: 0)]),
            Rule(
                name: "socket",
                arguments: [
                    scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: UInt64(AF_NETLINK), datum_b: 0),
                    scmp_arg_cmp(arg: 2, op: SCMP_CMP_NE, datum_a: 0, datum_b: 0),
                ]),
        ]
        + [AF_INET, AF_INET6].map { family in
            Rule(
                name: "socket",
                arguments: [
                    scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: UInt64(family), datum_b: 0),
                    // SOCK_TYPE_MASK and SOCK_RAW.
                    scmp_arg_cmp(arg: 1, op: SCMP_CMP_MASKED_EQ, datum_a: 0xf, datum_b: 3),
                ])
        }

    /// personality(2) but for 0, Linux's own, and 0xffffffff, which asks for the one that is. A rule compares an argument once: all other
    /// numbers of 32 bits have a bit that is set beside one, taken round, that is not.
    private static let personalities = (0..<32).map { bit in
        let (set, clear) = (UInt64(1) << bit, UInt64(1) << ((bit + 1) % 32))
        return Rule(name: "personality", arguments: [scmp_arg_cmp(arg: 0, op: SCMP_CMP_MASKED_EQ, datum_a: set | clear, datum_b: set)])
    }

    private static let others = [
        // TIOCSTI and TIOCLINUX: to type at a terminal in another's place.
        Rule(name: "ioctl", arguments: [scmp_arg_cmp(arg: 1, op: SCMP_CMP_MASKED_EQ, datum_a: 0xffff_ffff, datum_b: 0x5412)]),
        Rule(name: "ioctl", arguments: [scmp_arg_cmp(arg: 1, op: SCMP_CMP_MASKED_EQ, datum_a: 0xffff_ffff, datum_b: 0x541c)]),
    ]
}
