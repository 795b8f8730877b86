import LaminaErrors
import Storage
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The cgroups of one sandbox: limits of its memory and processes, and its share of the processors.
struct SandboxCgroup: Sendable {
    let folders: [CgroupFolder]

    /// What a sandbox may have.
    struct Limits: Sendable {
        /// Bytes.
        var memory: Int
        /// Cores; not always a whole number.
        var processors: Double
    }

    /// AWS: with 1,769 MB a function has one core.
    static func processors(memorySize: Int) -> Double { Double(memorySize) / 1769 }

    init(in parent: CgroupParent, name: String, _ limits: Limits) throws {
        var made: [CgroupFolder] = []
        do {
            for parent in parent.folders {
                var folder = parent
                folder.path = parent.path.appending(name)
                try folder.make()
                made.append(folder)
                for controller in folder.controllers { try folder.set(controller, limits) }
            }
        } catch {
            for folder in made { folder.remove() }
            throw error
        }
        folders = made
    }

    /// Opens what a process of the sandbox joins them by; the caller closes it.
    func openJoinFiles() throws -> [FileDescriptor] {
        var files: [FileDescriptor] = []
        do {
            for folder in folders { files.append(try FileDescriptor.open(folder.joinFile, .writeOnly, options: .closeOnExec)) }
        } catch {
            for file in files { try? file.close() }
            throw LaminaError(.inputOutput, "cannot open a sandbox's cgroups", cause: error)
        }
        return files
    }

    /// Makes a sandbox's share of the processors a bound, whoever else wants to run.
    func bound(processors: Double) throws {
        for folder in folders where folder.controllers.contains(.cpu) { try folder.bound(processors) }
    }

    /// Whether the kernel has killed a process for the limit of memory.
    var hasKilled: Bool {
        guard let folder = memoryFolder else { return false }
        return folder.read(folder.version == .v1 ? "memory.oom_control" : "memory.events").split(separator: "\n").contains { line in
            let parts = line.split(separator: " ")
            return parts.count == 2 && parts[0] == "oom_kill" && parts[1] != "0"
        }
    }

    /// Gives the bytes that the processes have of their own, none counted twice; nil where nothing counts them.
    var anonymousMemory: (@Sendable () -> Int)? {
        guard let folder = memoryFolder else { return nil }
        let name = folder.version == .v1 ? "total_rss " : "anon "
        return {
            let line = folder.read("memory.stat").split(separator: "\n").first { $0.hasPrefix(name) }
            return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
        }
    }

    var limitsMemory: Bool { memoryFolder != nil }

    /// The ids of all processes.
    var processes: [pid_t] { folders.first?.processes ?? [] }

    /// Removes the groups, and ends what is still in them.
    func remove() async { try? await onBlockingThread { for folder in folders { folder.remove() } } }

    private var memoryFolder: CgroupFolder? { folders.first { $0.controllers.contains(.memory) } }
}

extension CgroupFolder {
    /// As long as the period in which Lambda's functions are seen to get their quota. Microseconds.
    private static let period = 20_000

    fileprivate func set(_ controller: CgroupController, _ limits: SandboxCgroup.Limits) throws {
        switch (controller, version) {
        case (.memory, .v1):
            try write(String(limits.memory), to: "memory.limit_in_bytes")
            // Kernels without swap accounting lack this file.
            try? write(String(limits.memory), to: "memory.memsw.limit_in_bytes")
        case (.memory, .v2):
            try write(String(limits.memory), to: "memory.max")
            try? write("0", to: "memory.swap.max")
        case (.pids, _): try write(String(SandboxLimits.processes), to: "pids.max")
        case (.cpu, .v1):
            try write(String(max(2, Int(limits.processors * 1024))), to: "cpu.shares")
        case (.cpu, .v2):
            try setWeight(limits.processors)
        }
    }

    /// A share of the processors, in version 2, where 100 stand for one core as 1,024 do in version 1.
    func setWeight(_ processors: Double) throws { try write(String(min(10_000, max(1, Int(processors * 100)))), to: "cpu.weight") }

    fileprivate func bound(_ processors: Double) throws {
        // The kernel's least is a millisecond.
        let quota = max(1000, Int(processors * Double(Self.period)))
        switch version {
        case .v1:
            try write(String(Self.period), to: "cpu.cfs_period_us")
            try write(String(quota), to: "cpu.cfs_quota_us")
        case .v2: try write("\(quota) \(Self.period)", to: "cpu.max")
        }
    }
}
