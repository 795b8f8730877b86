import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// A file's size and digest.
struct FileDigest {
    let size: Int
    let digest: ImageDigest

    /// Reads the whole file.
    init(of path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            defer { try? file.close() }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
            defer { buffer.deallocate() }
            var hash = MessageDigest(.sha256)
            var size = 0
            while case let count = try file.read(into: buffer), count > 0 {
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += count
            }
            self.size = size
            digest = ImageDigest(SHA256Digest(finishing: &hash))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read \(path)")
        }
    }

    /// Bytes; 0 where nothing is.
    static func size(of path: FilePath) -> Int {
        var status = stat()
        return stat(path.string, &status) == 0 ? Int(status.st_size) : 0
    }
}
