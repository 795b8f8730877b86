import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The small files of /proc and of cgroups, read with one system call.
enum ProcessFile {
    /// The first 16 KB of it; empty where it cannot be read.
    static func read(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    /// The same, as bytes.
    static func bytes(_ path: String) -> [UInt8] {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return [] }
        defer { try? file.close() }
        return [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
    }

    /// The processes that a process's first thread has started.
    static func children(of process: pid_t) -> [pid_t] {
        read("/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { pid_t($0) }
    }

    /// A process's number in the namespace that it is in itself.
    static func innermostNumber(of process: pid_t) -> pid_t? {
        let line = read("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        return line?.split(whereSeparator: \.isWhitespace).last.flatMap { pid_t($0) }
    }
}
