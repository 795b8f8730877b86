import Checksum
import Foundation
import Interpreters
import LaminaClient
import LaminaErrors
import SystemPackage

/// The SHA-256 of zips that were hashed before and have not changed since, so that a large layer does not cost its size at each run.
///
/// Each is a symbolic link in the user's cache folder, from the file's identity to its hash.
struct RememberedDigest: Sendable {
    /// Links that are kept.
    private static let limit = 1000
    /// Seconds for which a file must have been still: within one tick of its clock it may change unseen.
    private static let stillTime = 2

    private let folder = CacheFolder.path().appending("digests")

    /// - Throws: ``LaminaError`` `inputOutput` when the file cannot be read.
    func digest(of zip: FilePath) throws -> SHA256Digest {
        let identity = try FileState(zip)
        let link = folder.appending(SHA256Digest(of: identity.text.utf8).hexadecimal)
        if let known = try? FileManager.default.destinationOfSymbolicLink(atPath: link.string),
            let digest = SHA256Digest(hexadecimal: known)
        {
            return digest
        }
        let digest = try LayerUpload(zip).digest
        if time(nil) - identity.changed > Self.stillTime, try FileState(zip).text == identity.text { remember(digest, at: link) }
        return digest
    }

    /// One that cannot be remembered is made again.
    private func remember(_ digest: SHA256Digest, at link: FilePath) {
        let files = FileManager.default
        try? files.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let names = (try? files.contentsOfDirectory(atPath: folder.string)) ?? []
        if names.count >= Self.limit { for name in names { unlink(folder.appending(name).string) } }
        symlink(digest.hexadecimal, link.string)
    }
}

/// What tells a file with its content from any other: where it is, its size, and when it was changed, which no program can set.
private struct FileState {
    let text: String
    /// Seconds since 1970.
    let changed: Int

    init(_ path: FilePath) throws {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw LaminaError.system(errno, "cannot read \(path)") }
        changed = status.st_ctim.tv_sec
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        text = "\(status.st_dev) \(status.st_ino) \(status.st_size) \(times.joined(separator: " "))"
    }
}
