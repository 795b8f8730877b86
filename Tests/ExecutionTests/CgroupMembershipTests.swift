import SystemPackage
import Testing

@testable import Execution

@Suite struct CgroupMembershipTests {
    static let separate = """
        30 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        32 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        35 30 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        36 30 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
        41 30 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """

    @Test func aHierarchyForEachControllerIsUnderstood() {
        let folders = CgroupMembership(
            membership: "9:devices:/\n4:memory:/service/one\n2:cpu,cpuacct:/\n0::/\n", mounts: Self.separate, unified: { _ in "" }
        ).folders
        #expect(folders.map(\.path.string) == ["/sys/fs/cgroup/memory/service/one", "/sys/fs/cgroup/cpu,cpuacct"])
        #expect(folders.map(\.controllers) == [[.memory], [.cpu]])
        #expect(folders.allSatisfy { $0.version == .v1 })
    }

    @Test func oneHierarchyForAllIsUnderstood() {
        let folders = CgroupMembership(
            membership: "0::/user.slice/lamina.service\n", mounts: "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
            unified: { $0 == "/sys/fs/cgroup/user.slice/lamina.service" ? "cpuset cpu io memory pids\n" : "" }
        ).folders
        #expect(folders.map(\.controllers) == [[.cpu, .memory, .pids]])
        #expect(folders.first?.version == .v2)
        #expect(folders.first?.joinFile == "/sys/fs/cgroup/user.slice/lamina.service/cgroup.procs")
    }

    @Test func inAContainerTheMountsRootIsTakenOff() {
        let folders = CgroupMembership(
            membership: "4:memory:/docker/abc/inner\n",
            mounts: "35 30 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        ).folders
        #expect(folders.map(\.path) == ["/sys/fs/cgroup/memory/inner"])
    }

    @Test(arguments: ["/docker/abcdef", "/docker", "/", "/docker/abc/../other", "/../other"])
    func aGroupOutsideOfTheMountHasNoFolder(group: String) {
        let folders = CgroupMembership(
            membership: "4:memory:\(group)\n", mounts: "35 30 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        ).folders
        #expect(folders.isEmpty)
    }

    /// kill(0, …) would end this process's own group.
    @Test func aProcessThatIsNotSeenIsNoProcess() {
        #expect(CgroupFolder.processes("0\n12\n0\n7\n") == [12, 7])
    }

    @Test(arguments: ["", "nonsense\n", "4:memory\n", "4:memory:/x\n"])
    func withoutAMountThereAreNone(membership: String) {
        #expect(CgroupMembership(membership: membership, mounts: "1 2 3\n- - -\n").folders.isEmpty)
    }
}
