import Checksum
import Foundation
import HTTPTransfer
import Interpreters
import LaminaErrors
import SystemPackage

/// Blobs of registries, kept on this machine by their digests, so that images which share layers fetch them once.
struct BlobCache: Sendable {
    /// Seconds after which a blob that nobody asked for is removed.
    private static let lifetime: TimeInterval = 30 * 24 * 60 * 60
    /// Seconds in which a blob that somebody has asked for is not removed for its size.
    private static let timeOfUse: TimeInterval = 60 * 60
    /// Downloads at a time.
    private static let concurrent = 4

    let downloader: Downloader
    private let folder: FilePath
    private let sizeLimit: Int

    /// - Parameter sizeLimit: Bytes that blobs may have which nobody has asked for of late: two of the largest images.
    init(_ folder: FilePath = CacheFolder.path().appending("image-blobs"), sizeLimit: Int = 20 << 30) {
        self.folder = folder.absolute
        self.sizeLimit = sizeLimit
        downloader = Downloader(partials: self.folder.appending("partial"), concurrent: Self.concurrent, schedule: RetrySchedule())
    }

    /// The file of a blob, which is downloaded where it is not there.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than the descriptor's.
    func file(
        _ descriptor: Descriptor, from url: URL, _ authorization: any RequestAuthorization,
        progress: @escaping @Sendable (Int) -> Void
    ) async throws -> FilePath {
        let path = folder.appending(descriptor.digest.sha256.hexadecimal)
        try makeFolder()
        // First, so that no other process removes it meanwhile.
        utimes(path.string, nil)
        // What a disk has lost is fetched again.
        if let found = try? FileDigest(of: path), found.digest == descriptor.digest {
            try Self.check(found.size, descriptor)
            progress(found.size)
            return path
        }
        try await downloader.download(
            url, sha256: descriptor.digest.sha256, to: path, limit: descriptor.size, authorization: authorization, progress: progress)
        try Self.check(FileDigest.size(of: path), descriptor)
        return path
    }

    /// Removes what nobody has asked for in a month, and of the rest what was not asked for the longest while there is too much.
    func sweep() {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).filter { $0.utf8.count == 64 }
        let blobs = names.compactMap { name -> (path: FilePath, age: TimeInterval, size: Int)? in
            var status = stat()
            guard stat(folder.appending(name).string, &status) == 0 else { return nil }
            return (folder.appending(name), Date().timeIntervalSince1970 - TimeInterval(status.st_mtim.tv_sec), Int(status.st_size))
        }
        var excess = blobs.reduce(0) { $0 + $1.size } - sizeLimit
        for blob in blobs.sorted(by: { $0.age > $1.age }) {
            guard blob.age > Self.lifetime || excess > 0 && blob.age > Self.timeOfUse else { continue }
            unlink(blob.path.string)
            excess -= blob.size
        }
    }

    /// Other users of the machine may not know what private images have.
    private func makeFolder() throws {
        guard mkdir(folder.string, 0o700) != 0, errno != EEXIST else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
    }

    private static func check(_ size: Int, _ descriptor: Descriptor) throws {
        guard size == descriptor.size else {
            throw LaminaError(.hashMismatch, "\(descriptor.digest) has \(size) bytes, but its manifest says \(descriptor.size)")
        }
    }
}
