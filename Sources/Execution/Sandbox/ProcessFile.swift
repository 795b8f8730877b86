import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The small files of /proc, read with two system calls.
enum ProcessFile {
    static func children(of process: pid_t) -> [pid_t] {
        read("/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { pid_t($0) }
    }

    static func descendants(of process: pid_t) -> [pid_t] {
        children(of: process).flatMap { [$0] + descendants(of: $0) }
    }

    /// The numbers of a line of `status`.
    static func field(_ name: String, of process: pid_t) -> [Int]? {
        let line = read("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { Int($0) }
    }

    private static func read(_ path: String) -> String {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = (try? file.read(into: buffer)) ?? 0
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
