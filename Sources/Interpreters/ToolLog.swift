import Foundation
import LaminaErrors
import SystemPackage

/// A file without a name that takes what a tool prints.
///
/// Memory stays bounded whatever the tool says, and a process that it leaves behind keeps nobody waiting, as it would at a pipe.
struct ToolLog: ~Copyable {
    /// Lines that an error repeats.
    private static let linesTold = 60
    /// Bytes that they may have.
    private static let bytesTold = 1 << 16

    let file: FileDescriptor

    /// - Throws: ``LaminaError`` `inputOutput` where the system's temporary folder takes no file.
    init() throws {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("lamina-tool-\(UUID().uuidString)")
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .append, .closeOnExec], permissions: .ownerReadWrite)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
        unlink(path.string)
    }

    deinit { try? file.close() }

    /// The last lines that are not blank, without colours.
    var lastLines: String {
        let size = (try? file.seek(offset: 0, from: .end)) ?? 0
        let start = max(0, size - Int64(Self.bytesTold))
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.bytesTold) { buffer, count in
            count = (try? file.read(fromAbsoluteOffset: start, into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        let text = String(decoding: bytes, as: UTF8.self).replacing(#/\u{1b}\[[0-9;]*[A-Za-z]/#, with: "")
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.suffix(Self.linesTold).joined(separator: "\n")
    }
}
