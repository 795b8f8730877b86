import CLinux
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

    /// Notes bytes that are known to have been used.
    func raise(to bytes: Int) { peak.withLock { $0 = max($0, bytes) } }

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

    /// A file of /proc with a field a line, in KiB. It is read with each invocation, and so without a text of it.
    private struct Fields {
        private let bytes: [UInt8]

        init(_ path: String) { bytes = ProcessFile.bytes(path) }

        /// In bytes; 0 where there is none.
        subscript(name: String) -> Int {
            let start = "\n" + name
            return bytes.withUnsafeBytes { all in
                guard let base = all.baseAddress, let found = clinux_memmem(base, all.count, start, start.utf8.count) else { return 0 }
                var kibibytes = 0
                for byte in all[(base.distance(to: found) + start.utf8.count)...] {
                    if byte == UInt8(ascii: "\n") { break }
                    if 48...57 ~= byte { kibibytes = kibibytes * 10 + Int(byte - 48) }
                }
                return kibibytes * 1024
            }
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
