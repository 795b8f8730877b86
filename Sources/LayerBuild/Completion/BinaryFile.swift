import Checksum
import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import ZipArchive

/// An entry's bytes as a file of the cache, by their hash, for tools that work on files.
enum BinaryFile {
    static func extract(_ entry: ZipContent, cache: BuildCache) async throws -> FilePath {
        if case .file(let path, _) = entry.source { return path }
        var digest = MessageDigest(.sha256)
        let stream = ContentStream()
        try stream.read(entry) { piece in
            digest.update(piece)
            return true
        }
        let name = FilePath(entry.path).lastComponent?.string ?? "binary"
        let path = cache.folder(ofHash: SHA256Digest(finishing: &digest).hexadecimal).appending(name)
        if BuildCache.exists(path) { return path }
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
        return path
    }
}
