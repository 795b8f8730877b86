import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The small files of /proc and of cgroups.
enum ProcessFile {
    /// More than the ids of all processes that a sandbox may have.
    private static let limit = 1 << 18

    /// All of it, at most 256 KiB; empty where it cannot be read.
    static func read(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    /// The same, as bytes.
    static func bytes(_ path: String) -> [UInt8] {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return [] }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        // Where there are many records, the kernel gives a page at a time.
        while bytes.count < limit {
            let piece = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
            }
            if piece.isEmpty { break }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
        }
        return bytes
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
