import Interpreters
import SystemPackage
import ZipArchive

/// The large entries of a wheel, compressed again and better, once; kept beside the wheel for every build to transplant.
///
/// Wheels are deflated by Python's zlib at level 6. libdeflate does it smaller in a second or so, and what counts is the few files
/// that make up most of a layer.
enum TighterEntries {
    /// Bytes from which an entry is worth it.
    private static let threshold = 8 << 20
    /// libdeflate's; the ones above cost more time than they save room.
    private static let level = 7

    /// The zip of such entries by their path in the wheel; nil where there are none. One that memory cannot hold stays as it is.
    static func load(of wheel: ZipReader, folder: FilePath) async throws -> ZipReader? {
        let contents = wheel.entries.filter { $0.kind == .file && $0.size >= threshold }
            .map { ZipContent(path: $0.path, source: .recompressed(wheel, $0)) }.filter { !$0.isStreamed }
        guard !contents.isEmpty else { return nil }
        let path = folder.appending("tighter-\(level).zip")
        if !BuildCache.exists(path) {
            try await WholeFile.make(path) { _ = try await ZipWriter(level: level).write(contents, to: $0) }
        }
        return try ZipReader(path)
    }
}
