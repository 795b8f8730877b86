/// What a cgroup may limit of a sandbox. The names are the kernel's.
enum CgroupController: String, CaseIterable, Sendable {
    case memory, cpu, pids
}

/// The two ways in which Linux arranges cgroups: a hierarchy for each controller, or one for all.
enum CgroupVersion: Sendable {
    case v1, v2
}
