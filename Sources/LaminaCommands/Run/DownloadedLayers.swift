import Checksum
import Foundation
import Interpreters
import LaminaClient
import LaminaErrors
import SystemPackage

/// Zips of layer versions that were downloaded, kept by their hash in the user's cache folder.
///
/// Those go that were not used for long, and the longest unused when all outgrow the limit.
struct DownloadedLayers: Sendable {
    /// Bytes that are kept.
    private static let sizeLimit = 2_000_000_000
    /// Seconds that a zip stays which is not used.
    private static let ageLimit: TimeInterval = 30 * 86_400
    /// Seconds after its use in which a zip stays in any case: another process may be about to unpack it.
    private static let useTime: TimeInterval = 3600

    private let folder = CacheFolder.path().appending("layers")

    /// The zip of a layer version and its digest; downloads it unless it is there.
    ///
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes than were published; `inputOutput`, `network`.
    func zip(of version: LayerVersionDetail, with lambda: LambdaClient) async throws -> (FilePath, SHA256Digest) {
        let arn = version.item.layerVersionARN
        guard let digest = SHA256Digest(base64: version.content.codeSHA256) else {
            throw LaminaError(.corrupt, "\(lambda.endpoint) says that the SHA-256 of \(arn) is '\(version.content.codeSHA256)'")
        }
        let file = folder.appending("\(digest).zip")
        if utimes(file.string, nil) == 0 { return (file, digest) }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LaminaError(.inputOutput, "cannot make the folder \(folder)", cause: error)
        }
        let line = TransferLine("downloading \(arn)")
        defer { line.finish() }
        try await lambda.download(version, to: DownloadTarget(file: file)) { line.show($0, $1) }
        evict()
        return (file, digest)
    }

    /// Removes what is too old or too much; what a killed process left unfinished too.
    private func evict() {
        let files = FileManager.default
        let now = Date()
        let zips = ((try? files.contentsOfDirectory(atPath: folder.string)) ?? []).compactMap { name -> (FilePath, Int, TimeInterval)? in
            let path = folder.appending(name)
            guard let attributes = try? files.attributesOfItem(atPath: path.string), let size = attributes[.size] as? Int,
                let lastUse = attributes[.modificationDate] as? Date
            else { return nil }
            return (path, size, now.timeIntervalSince(lastUse))
        }
        var excess = zips.reduce(0) { $0 + $1.1 } - Self.sizeLimit
        for (path, size, age) in zips.sorted(by: { $0.2 > $1.2 }) where age > Self.useTime {
            guard excess > 0 || age > Self.ageLimit || path.extension != "zip" else { continue }
            unlink(path.string)
            excess -= size
        }
    }
}
