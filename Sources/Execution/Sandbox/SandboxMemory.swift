import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The memory that a sandbox's processes use, as AWS's "Max Memory Used" means it: what they have of their own and what they have mapped
/// of files, but not what the kernel keeps of files beside them.
///
/// A cgroup's own peak counts the latter too: a function that reads its layers for the first time would seem to need them all.
final class SandboxMemory: Sendable {
    private let processes: @Sendable () -> [pid_t]
    private let anonymous: (@Sendable () -> Int)?
    private let peak = Mutex(0)

    /// So many processes are looked at where a cgroup counts for all.
    private static let sample = 64

    /// - Parameters:
    ///   - processes: The sandbox's processes, without those that are bubblewrap's own.
    ///   - anonymous: Bytes that all of them have of their own, where a cgroup counts them.
    init(processes: @escaping @Sendable () -> [pid_t], anonymous: (@Sendable () -> Int)?) {
        self.processes = processes
        self.anonymous = anonymous
    }

    /// Bytes at their highest, as far as it was looked at; one process's own peak is never missed.
    func highest() -> Int {
        let now = use()
        return peak.withLock { peak in
            peak = max(peak, now)
            return peak
        }
    }

    private func use() -> Int {
        let processes = processes()
        let statuses = processes.prefix(Self.sample).map { Fields("/proc/\($0)/status") }
        let single = statuses.map { $0["VmHWM:"] }.max() ?? 0
        guard processes.count > 1 else { return single }
        // Several processes map the same files: their largest part counts once.
        if let anonymous { return max(single, anonymous() + (statuses.map { $0["RssFile:"] + $0["RssShmem:"] }.max() ?? 0)) }
        // Each page is a part of what every process has that shares it, as after a fork(2).
        return max(single, processes.reduce(0) { $0 + Fields("/proc/\($1)/smaps_rollup")["Pss:"] })
    }

    /// A file of /proc with a field a line, in KiB.
    private struct Fields {
        private let text: String

        init(_ path: String) { text = ProcessFile.read(path) }

        /// In bytes; 0 where there is none.
        subscript(name: String) -> Int {
            guard let line = text.utf8.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: name.utf8) }) else { return 0 }
            return line.reduce(0) { 48...57 ~= $1 ? $0 * 10 + Int($1 - 48) : $0 } * 1024
        }
    }

    /// The processes below one, found by their parents.
    static func descendants(of process: pid_t) -> [pid_t] {
        var found: [pid_t] = []
        var next = [process]
        while let parent = next.popLast(), found.count < 4096 {
            // A child is its parent thread's.
            for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? [] {
                let children = ProcessFile.read("/proc/\(parent)/task/\(thread)/children").split(separator: " ").compactMap { pid_t($0) }
                found += children
                next += children
            }
        }
        return found
    }
}
