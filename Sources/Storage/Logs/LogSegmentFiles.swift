import Foundation
import LaminaErrors
import SystemPackage

/// The files that hold events: `segments/AB/NUMBER`, each a part of one stream, only ever appended to.
///
/// What a file has beyond the bytes that the index counts was written by no one who came to say so: it is written over, or cut off.
struct LogSegmentFiles: Sendable {
    let root: FilePath

    /// Makes the folders that are missing.
    init(root: FilePath) throws {
        self.root = root
        do {
            for shard in 0..<256 {
                try FileManager.default.createDirectory(atPath: folder(shard).string, withIntermediateDirectories: true)
            }
        } catch {
            throw LaminaError(.inputOutput, "cannot make \(root)", cause: error)
        }
    }

    func path(_ segment: Int64) -> FilePath { folder(Int(segment & 0xff)).appending(String(segment)) }

    /// Writes behind the bytes that count. The first write of a segment is the first of its file: where the power failed, another segment
    /// may have left one of the same number.
    func append(_ bytes: [UInt8], to segment: Int64, at offset: Int) throws {
        do {
            var options: FileDescriptor.OpenOptions = [.create, .closeOnExec]
            if offset == 0 { options.insert(.truncate) }
            let file = try FileDescriptor.open(
                path(segment), .writeOnly, options: options, permissions: FilePermissions(rawValue: 0o600))
            try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write a log to \(path(segment))")
        }
    }

    /// At most so many bytes of a file's beginning; none of one that was removed.
    func read(_ segment: Int64, count: Int) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(path(segment), .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                    while filled < count {
                        let read = try file.read(
                            fromAbsoluteOffset: Int64(filled),
                            into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
                        guard read > 0 else { return }
                        filled += read
                    }
                }
            }
        } catch Errno.noSuchFileOrDirectory {
            return []
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read a log from \(path(segment))")
        }
    }

    /// Bytes of a file; 0 of one that is not there.
    func size(_ segment: Int64) -> Int {
        var status = stat()
        return stat(path(segment).string, &status) == 0 ? Int(status.st_size) : 0
    }

    func cut(_ segment: Int64, to size: Int) { truncate(path(segment).string, off_t(size)) }

    func remove(_ segment: Int64) { unlink(path(segment).string) }

    private func folder(_ shard: Int) -> FilePath {
        let name = String(shard, radix: 16)
        return root.appending(name.count == 1 ? "0\(name)" : name)
    }
}
