import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// An entry's bytes as a file, for tools that work on files: the user's own, or one of the cache.
struct BinaryFile: Sendable {
    let path: FilePath
    let sha256: SHA256Digest

    init(_ entry: ZipContent, cache: BuildCache) async throws {
        var digest = MessageDigest(.sha256)
        let stream = ContentStream()
        try stream.read(entry) { piece in
            digest.update(piece)
            return true
        }
        sha256 = SHA256Digest(finishing: &digest)
        if case .file(let path, _) = entry.source {
            self.path = path
            return
        }
        path = cache.folder(ofHash: sha256.hexadecimal).appending(FilePath(entry.path).lastComponent?.string ?? "binary")
        guard !BuildCache.exists(path) else { return }
        try await WholeFile.make(path) { partial in
            do {
                let file = try FileDescriptor.open(
                    partial, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o755))
                try file.closeAfter {
                    try stream.read(entry) { piece in
                        try file.writeAll(piece)
                        return true
                    }
                }
            } catch let error as Errno {
                throw LaminaError.system(error.rawValue, "cannot write \(partial)")
            }
        }
    }
}
