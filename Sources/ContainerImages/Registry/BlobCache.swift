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
    /// Downloads at a time.
    private static let concurrent = 4

    let downloader: Downloader
    private let folder: FilePath

    init(_ folder: FilePath = CacheFolder.path().appending("image-blobs"), schedule: RetrySchedule = RetrySchedule()) {
        self.folder = folder.absolute
        downloader = Downloader(partials: self.folder.appending("partial"), concurrent: Self.concurrent, schedule: schedule)
    }

    /// The file of a blob, which is downloaded where it is not there.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than the descriptor's.
    func file(
        _ descriptor: Descriptor, from url: URL, _ authorization: any RequestAuthorization,
        progress: @escaping @Sendable (Int) -> Void
    ) async throws -> FilePath {
        let path = folder.appending(descriptor.digest.sha256.hexadecimal)
        // What a disk has lost is fetched again.
        if let found = try? FileDigest(of: path), found.digest == descriptor.digest {
            try Self.check(found.size, descriptor)
            utimes(path.string, nil)
            progress(found.size)
            return path
        }
        try await downloader.download(
            url, sha256: descriptor.digest.sha256, to: path, limit: descriptor.size, authorization: authorization, progress: progress)
        try Self.check(FileDigest.size(of: path), descriptor)
        return path
    }

    /// Removes what nobody has asked for in a month.
    func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name).string
            guard name.utf8.count == 64,
                let modified = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
                Date().timeIntervalSince(modified) > Self.lifetime
            else { continue }
            unlink(path)
        }
    }

    private static func check(_ size: Int, _ descriptor: Descriptor) throws {
        guard size == descriptor.size else {
            throw LaminaError(.hashMismatch, "\(descriptor.digest) has \(size) bytes, but its manifest says \(descriptor.size)")
        }
    }
}
