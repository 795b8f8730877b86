import Foundation
import SystemPackage

/// Where a process is in the hierarchies of cgroups (cgroups(7)).
struct CgroupMembership: Sendable {
    /// The process's own groups, each with those of ``CgroupController`` that it has.
    let folders: [CgroupFolder]

    /// - Parameters:
    ///   - membership: The text of /proc/PID/cgroup: lines of `ID:CONTROLLERS:PATH`.
    ///   - mounts: The text of /proc/PID/mountinfo: lines of `ID PARENT DEVICE ROOT MOUNTPOINT … - TYPE SOURCE OPTIONS`.
    ///   - unified: The controllers that a group of version 2 has, given its folder; by default what its cgroup.controllers says.
    init(membership: String, mounts: String, unified: (FilePath) -> String = { ProcessFile.read("\($0)/cgroup.controllers") }) {
        let mounts = mounts.split(separator: "\n").compactMap(Mount.init)
        var folders: [CgroupFolder] = []
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let names = parts[1].split(separator: ",")
            let isUnified = parts[0] == "0" && names.isEmpty
            guard isUnified || !names.isEmpty,
                let mount = mounts.first(where: { isUnified ? $0.type == "cgroup2" : $0.type == "cgroup" && $0.options.contains(names[0]) })
            else { continue }
            guard let path = mount.place(of: parts[2]) else { continue }
            let offered = isUnified ? unified(path).split(whereSeparator: \.isWhitespace) : names
            let controllers = Set(offered.compactMap { CgroupController(rawValue: String($0)) })
            guard !controllers.isEmpty else { continue }
            folders.append(CgroupFolder(path: path, version: isUnified ? .v2 : .v1, controllers: controllers))
        }
        self.folders = folders
    }

    private struct Mount {
        let root: Substring
        let point: Substring
        let type: Substring
        let options: [Substring]

        init?(_ line: Substring) {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, dash > 4 else { return nil }
            (root, point, type) = (fields[3], fields[4], fields[dash + 1])
            options = fields[dash + 3].split(separator: ",")
        }

        /// In a container the mount shows a part of the hierarchy only, from its own root; nil for a group outside of that.
        func place(of path: Substring) -> FilePath? {
            guard root == "/" || path == root || path.hasPrefix(root + "/"), !path.split(separator: "/").contains("..") else { return nil }
            let inside = root == "/" ? path : path.dropFirst(root.count)
            return FilePath(String(point)).appending(String(inside.drop { $0 == "/" }))
        }
    }
}
