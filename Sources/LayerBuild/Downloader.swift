import Checksum
import Foundation
import LaminaErrors
import SystemPackage

/// Fetches files over HTTP, a bounded number at a time, with retries; a file whose hash differs is never kept.
actor Downloader {
    private static let concurrent = 6
    private static let attempts = 4

    private let session = DownloadSession(connections: concurrent)
    private var free = concurrent
    private var waiting: [CheckedContinuation<Void, Never>] = []

    deinit { session.invalidate() }

    /// Downloads to a file and returns its SHA-256.
    ///
    /// - Parameter progress: Called with the count of bytes of each piece; with a negative one when a try starts again.
    /// - Throws: ``LaminaError`` `network` after the last try.
    func download(_ url: URL, to path: FilePath, progress: @escaping @Sendable (Int) -> Void) async throws -> SHA256Digest {
        await takeTurn()
        defer { passTurn() }
        try Task.checkCancellation()
        var attempt = 1
        while true {
            do {
                return try await DownloadTask(url, path, progress: progress).run(in: session)
            } catch let error as LaminaError where error.code == .network && attempt < Self.attempts {
                // 0.5, 1, 2 seconds: a registry that is busy gets time.
                try await Task.sleep(for: .milliseconds(250 << attempt))
                attempt += 1
            }
        }
    }

    private func takeTurn() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func passTurn() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
