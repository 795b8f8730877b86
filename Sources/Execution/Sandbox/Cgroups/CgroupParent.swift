import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// The cgroups below which a server makes those of its sandboxes: one, or one a controller.
struct CgroupParent: Sendable {
    let folders: [CgroupFolder]

    /// Makes the parents below this process's own cgroups and clears what a crash left in them; nil where the system lets us have none.
    ///
    /// - Parameter folder: Where the environments live, which is no other server's.
    init?(of folder: FilePath) {
        let name = Self.name(folder)
        folders = Self.own().compactMap { Self.make(name, below: $0) }
        guard !folders.isEmpty else { return nil }
    }

    func has(_ controller: CgroupController) -> Bool { folders.contains { $0.controllers.contains(controller) } }

    func remove() {
        for folder in folders {
            folder.removeChildren()
            rmdir(folder.path.string)
        }
    }

    /// Removes the parents of a process that was killed, and ends what is in them.
    ///
    /// - Parameter folder: Where its environments lived.
    static func remove(of folder: FilePath) {
        for own in Self.own() {
            // This process may have moved into its leaf: then they are beside it.
            let above = own.path.lastComponent?.string == leafName ? [own.path.removingLastComponent()] : []
            for path in [own.path] + above {
                var group = own
                group.path = path.appending(name(folder))
                group.removeChildren()
                rmdir(group.path.string)
            }
        }
    }

    private static let leafName = "lamina-server"

    /// The same at each start of one server, and different from any other's.
    private static func name(_ folder: FilePath) -> String {
        "lamina-" + SHA256Digest(of: folder.string.utf8).hexadecimal.prefix(16)
    }

    /// This process's groups.
    private static func own() -> [CgroupFolder] {
        CgroupMembership(
            membership: ProcessFile.read("/proc/self/cgroup"),
            mounts: (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        ).folders
    }

    private static func make(_ name: String, below own: CgroupFolder) -> CgroupFolder? {
        var folder = own
        if own.version == .v2 {
            folder.controllers = own.controllers.filter { delegate($0, own) }
            guard !folder.controllers.isEmpty else { return nil }
        }
        folder.path = own.path.appending(name)
        folder.removeChildren()
        guard mkdir(folder.path.string, 0o755) == 0 || errno == EEXIST, access(folder.path.string, W_OK) == 0 else { return nil }
        // All functions together may have as much as as many other groups as there are cores; among themselves, they share by memory.
        let cores = ProcessInfo.processInfo.activeProcessorCount
        switch own.version {
        case .v2:
            folder.controllers = folder.controllers.filter { (try? folder.write("+\($0.rawValue)", to: "cgroup.subtree_control")) != nil }
            if folder.controllers.contains(.cpu) { try? folder.setWeight(Double(cores)) }
        case .v1:
            if folder.controllers.contains(.cpu) { try? folder.write(String(1024 * cores), to: "cpu.shares") }
        }
        return folder.controllers.isEmpty ? nil : folder
    }

    /// Lets children have a controller. A group with processes of its own may not, so this process moves into a leaf first.
    private static func delegate(_ controller: CgroupController, _ own: CgroupFolder) -> Bool {
        let control = "cgroup.subtree_control"
        if own.read(control).split(whereSeparator: \.isWhitespace).contains(controller.rawValue[...]) { return true }
        if (try? own.write("+\(controller.rawValue)", to: control)) != nil { return true }
        var leaf = own
        leaf.path = own.path.appending(leafName)
        guard mkdir(leaf.path.string, 0o755) == 0 || errno == EEXIST, (try? leaf.write(String(getpid()), to: "cgroup.procs")) != nil
        else { return false }
        return (try? own.write("+\(controller.rawValue)", to: control)) != nil
    }
}
