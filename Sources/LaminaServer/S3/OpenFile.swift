import CLinux
import LaminaErrors
import NIOCore
import Storage
import SystemPackage

/// A file that is open for as long as someone refers to it.
final class OpenFile: Sendable {
    let descriptor: SystemPackage.FileDescriptor

    /// - Throws: `Errno`.
    init(_ path: FilePath) throws { descriptor = try SystemPackage.FileDescriptor.open(path, .readOnly, options: .closeOnExec) }

    deinit { try? descriptor.close() }

    /// Reads a piece: on this thread what is in memory, which others' requests may wait for, and elsewhere what a disk must be waited for.
    ///
    /// - Parameter count: Bytes at most.
    /// - Throws: ``LaminaError`` `corrupt` where the file ends before the piece, `Errno`.
    func read(at offset: Int, count: Int) async throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        let cached = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
            max(0, clinux_read_cached(descriptor.rawValue, memory.baseAddress, count, off_t(offset)))
        }
        if cached > 0 { return buffer }
        return try await onBlockingThread {
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                try self.descriptor.read(fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
            }
            guard read > 0 else { throw LaminaError(.corrupt, "a blob's file ends at \(offset) bytes") }
            return buffer
        }
    }
}
