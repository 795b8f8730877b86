import Foundation
import LaminaErrors
import SystemPackage

/// A memory cgroup of one sandbox, of version 1 or 2: its limit, and whether the kernel killed for it.
struct MemoryCgroup: Sendable {
    let folder: FilePath
    let version: Version

    enum Version: Sendable {
        case v1, v2

        fileprivate var limitFile: String { self == .v1 ? "memory.limit_in_bytes" : "memory.max" }
        fileprivate var swapFile: String { self == .v1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max" }
        fileprivate var eventsFile: String { self == .v1 ? "memory.oom_control" : "memory.events" }
    }

    /// - Parameter limit: Bytes.
    init(in parent: CgroupParent, name: String, limit: Int) throws {
        folder = parent.folder.appending(name)
        version = parent.version
        guard mkdir(folder.string, 0o755) == 0 else { throw LaminaError.system(errno, "cannot make the cgroup \(folder)") }
        do {
            try Self.write(String(limit), to: folder.appending(version.limitFile))
        } catch {
            remove()
            throw error
        }
        // Kernels without swap accounting lack this file.
        try? Self.write(version == .v1 ? String(limit) : "0", to: folder.appending(version.swapFile))
    }

    /// Moves a process, and what it starts from now on, into the group.
    func add(_ process: pid_t) throws { try Self.write(String(process), to: folder.appending("cgroup.procs")) }

    /// Whether the kernel has killed a process for the limit.
    var hasKilled: Bool {
        let text = (try? String(contentsOfFile: folder.appending(version.eventsFile).string, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").contains { line in
            let parts = line.split(separator: " ")
            return parts.count == 2 && parts[0] == "oom_kill" && parts[1] != "0"
        }
    }

    /// Removes the group. Its last process may be gone to its parent and not yet to the group, hence the tries.
    func remove() {
        for _ in 0..<50 {
            guard rmdir(folder.string) != 0, errno == EBUSY else { return }
            usleep(1000)
        }
    }

    fileprivate static func write(_ text: String, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
    }
}

/// The cgroup below which a server makes those of its sandboxes.
struct CgroupParent: Sendable {
    let folder: FilePath
    let version: MemoryCgroup.Version

    /// Makes the parent below this process's own cgroup and clears what a crash left in it; nil where the system does not let us.
    ///
    /// - Parameter name: The same at each start of one server, and different from any other's.
    init?(name: String, membership: String? = nil, mounts: String? = nil) {
        let membership = membership ?? (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        let mounts = mounts ?? (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        guard let (own, version) = Self.own(membership, mounts) else { return nil }
        folder = own.appending(name)
        self.version = version
        if version == .v2 { guard Self.delegateMemory(own) else { return nil } }
        for child in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] { rmdir(folder.appending(child).string) }
        guard mkdir(folder.string, 0o755) == 0 || errno == EEXIST, access(folder.string, W_OK) == 0 else { return nil }
        if version == .v2 {
            guard (try? MemoryCgroup.write("+memory", to: folder.appending("cgroup.subtree_control"))) != nil else { return nil }
        }
    }

    func remove() {
        for child in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] { rmdir(folder.appending(child).string) }
        rmdir(folder.string)
    }

    /// This process's folder in the hierarchy that has the memory controller.
    static func own(_ membership: String, _ mounts: String) -> (FilePath, MemoryCgroup.Version)? {
        let lines = membership.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false) }
        let isV1: (ArraySlice<Substring>) -> Bool = { $0.count == 3 && $0[$0.startIndex + 1].split(separator: ",").contains("memory") }
        let v1 = lines.first { isV1($0[...]) }
        guard let line = v1 ?? lines.first(where: { $0.count == 3 && $0[0] == "0" && $0[1].isEmpty }) else { return nil }
        let version: MemoryCgroup.Version = v1 == nil ? .v2 : .v1
        // mountinfo: ID PARENT DEVICE ROOT MOUNTPOINT … - TYPE SOURCE OPTIONS
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, dash > 4 else { continue }
            let matches =
                version == .v1
                ? fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains("memory") : fields[dash + 1] == "cgroup2"
            guard matches else { continue }
            // In a container the mount shows a part of the hierarchy only, from its own root.
            let path = line[2].hasPrefix(fields[3]) && fields[3] != "/" ? line[2].dropFirst(fields[3].count) : line[2]
            return (FilePath(String(fields[4])).appending(String(path.drop { $0 == "/" })), version)
        }
        return nil
    }

    /// Lets children have the memory controller. A group with processes of its own may not, so this process moves into a leaf first.
    private static func delegateMemory(_ own: FilePath) -> Bool {
        let control = own.appending("cgroup.subtree_control")
        if let text = try? String(contentsOfFile: control.string, encoding: .utf8),
            text.split(whereSeparator: \.isWhitespace).contains("memory")
        {
            return true
        }
        let leaf = own.appending("lamina-server")
        guard mkdir(leaf.string, 0o755) == 0 || errno == EEXIST,
            (try? MemoryCgroup.write(String(getpid()), to: leaf.appending("cgroup.procs"))) != nil
        else { return false }
        return (try? MemoryCgroup.write("+memory", to: control)) != nil
    }
}
