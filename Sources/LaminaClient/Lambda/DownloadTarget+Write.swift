import Foundation
import LaminaErrors
import SystemPackage

extension DownloadTarget {
    /// Gives a path for bytes that are not proved yet, and puts what it holds at the end into the target's place.
    ///
    /// The path is beside a file that is made, so that taking its place is one step; it is removed whatever happens.
    func write(_ body: (FilePath) async throws -> Void) async throws {
        guard case .file(let path) = kind else {
            return try await withTemporaryFile("download") { partial in
                try await body(partial)
                try copy(partial)
            }
        }
        let partial = path.removingLastComponent().appending(".lamina-\(UUID().uuidString).partial")
        defer { try? FileManager.default.removeItem(atPath: partial.string) }
        try await body(partial)
        guard chmod(partial.string, Self.permissions(at: path)) == 0, rename(partial.string, path.string) == 0 else {
            throw LaminaError.system(errno, "cannot write \(self)")
        }
    }

    /// Those of the file that is replaced; of a new one those that any new file gets.
    private static func permissions(at path: FilePath) -> mode_t {
        var info = stat()
        if stat(path.string, &info) == 0 { return info.st_mode & 0o777 }
        let mask = umask(0o077)
        umask(mask)
        return 0o666 & ~mask
    }

    private func copy(_ source: FilePath) throws {
        // A reader that has left is an error to tell, and no reason to leave the temporary file behind.
        signal(SIGPIPE, SIG_IGN)
        do {
            let output: FileDescriptor
            if case .stream(let path) = kind {
                output = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            } else {
                output = .standardOutput
            }
            defer { if output != .standardOutput { try? output.close() } }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { buffer.deallocate() }
            let input = try FileDescriptor.open(source, .readOnly, options: .closeOnExec)
            try input.closeAfter {
                while case let count = try input.read(into: buffer), count > 0 {
                    _ = try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(self)")
        }
    }
}
