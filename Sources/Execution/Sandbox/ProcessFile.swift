import SystemPackage

/// The small files of /proc and of cgroups, read with one system call.
enum ProcessFile {
    /// The first 16 KB of it; empty where it cannot be read.
    static func read(_ path: String) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return "" }
        defer { try? file.close() }
        return withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = (try? file.read(into: buffer)) ?? 0
            return String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
