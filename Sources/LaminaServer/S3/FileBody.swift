import Hummingbird
import LaminaErrors
import NIOCore
import SystemPackage

extension ResponseBody {
    /// A range of a file, which is open already and stays what it is, read as it is sent.
    init(file: OpenFile, range: Range<Int>) {
        self.init(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = min(1 << 18, range.upperBound - offset)
                var buffer = ByteBuffer()
                let start = offset
                let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                    try file.descriptor.read(
                        fromAbsoluteOffset: Int64(start), into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
                }
                guard read > 0 else { throw LaminaError(.corrupt, "a blob's file ends at \(offset) bytes") }
                offset += read
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
    }
}

/// A file that is open for as long as someone refers to it.
final class OpenFile: Sendable {
    let descriptor: SystemPackage.FileDescriptor

    /// - Throws: `Errno`.
    init(_ path: FilePath) throws { descriptor = try SystemPackage.FileDescriptor.open(path, .readOnly, options: .closeOnExec) }

    deinit { try? descriptor.close() }
}
