import Foundation
import LaminaErrors
import SystemPackage

/// A cgroup's folder, and the controllers that it has.
struct CgroupFolder: Sendable {
    var path: FilePath
    let version: CgroupVersion
    var controllers: Set<CgroupController>

    /// The file in which a process writes "0" to join: alone, in version 1, and so without a wait for all others.
    var joinFile: FilePath { path.appending(version == .v1 ? "tasks" : "cgroup.procs") }

    /// The process ids of the group, as far as this process sees them.
    var processes: [pid_t] { Self.processes(read("cgroup.procs")) }

    /// - Parameter text: Of a cgroup.procs. A process that this one cannot see stands there as 0, which to kill(2) means others.
    static func processes(_ text: String) -> [pid_t] { text.split(separator: "\n").compactMap { pid_t($0) }.filter { $0 > 0 } }

    func read(_ name: String) -> String { ProcessFile.read(path.appending(name).string) }

    func write(_ text: String, to name: String) throws {
        let file = path.appending(name)
        do {
            let descriptor = try FileDescriptor.open(file, .writeOnly, options: .closeOnExec)
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(file)")
        }
    }

    func make() throws {
        guard mkdir(path.string, 0o755) == 0 else { throw LaminaError.system(errno, "cannot make the cgroup \(path)") }
    }

    /// Removes the group, and ends what is still in it. Its last process may be gone to its parent and not yet to the group, hence the
    /// tries; they wait, and so are not for a task's thread.
    func remove() {
        for _ in 0..<200 {
            guard rmdir(path.string) != 0, errno == EBUSY else { return }
            for process in processes { kill(process, SIGKILL) }
            usleep(1000)
        }
    }

    /// Removes the groups below this one, which an earlier server left when it was killed.
    func removeChildren() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
        for name in names {
            var child = self
            child.path = path.appending(name)
            if FileStatus(child.path)?.isFolder == true { child.remove() }
        }
    }
}
