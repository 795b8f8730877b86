import Checksum
import Foundation
import HTTPTransfer
import LaminaErrors
import Synchronization
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches files over HTTP, a bounded number at a time, with retries.
actor Downloader {
    private static let concurrent = 6
    /// A registry that is busy gets time.
    private static let schedule = RetrySchedule(attempts: 4, base: 500, limit: 2000)

    private let session = TransferSession(connections: concurrent)
    private var free = concurrent
    private var waiting: [CheckedContinuation<Void, Never>] = []

    deinit { session.invalidate() }

    /// Downloads a file of a known SHA-256 into the cache. What an earlier try or run left of it is gone on with.
    ///
    /// - Parameter progress: Called with the count of bytes of each piece; with a negative one when a try starts again.
    /// - Throws: ``LaminaError`` `network` or `unavailable` after the last try, `notFound` for another answer than the file, `hashMismatch`.
    func download(
        _ url: URL, sha256: String, to path: FilePath, in cache: BuildCache, progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        await takeTurn()
        defer { passTurn() }
        try Task.checkCancellation()
        if let partial = try PartialFile(cache.partial(sha256)) {
            try await download(url, sha256, to: partial, progress)
            try partial.finish(path)
        } else {
            // Another process fetches the same file. This one does not wait for it, and the last to be ready wins.
            let own = cache.partial("\(sha256)-\(UUID().uuidString)")
            defer { unlink(own.string) }
            guard let partial = try PartialFile(own) else { throw LaminaError(.inputOutput, "cannot write \(own)") }
            try await download(url, sha256, to: partial, progress)
            try partial.finish(path)
        }
    }

    private func download(
        _ url: URL, _ sha256: String, to partial: borrowing PartialFile, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        let file = partial.file
        var validator: String?
        let resumed = try await Self.schedule.run { try await fetch(url, to: file, &validator, progress) }
        guard resumed.digest.hexadecimal != sha256 else { return }
        try partial.empty()
        var digest = resumed.digest
        if resumed.offset > 0 {
            // The beginning may be of another file, or damaged: once more, as a whole.
            validator = nil
            digest = try await Self.schedule.run { try await fetch(url, to: file, &validator, progress) }.digest
            guard digest.hexadecimal != sha256 else { return }
            try partial.empty()
        }
        throw LaminaError(.hashMismatch, "\(url.lastPathComponent) has the SHA-256 \(digest), but the lock says \(sha256)")
    }

    /// One try, from where the file ends.
    private func fetch(
        _ url: URL, to file: FileDescriptor, _ validator: inout String?, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> (digest: SHA256Digest, offset: Int) {
        let received = Mutex(0)
        let transfer = Transfer(file: file, followsRedirections: true) { done, _ in
            let piece = received.withLock { before in
                defer { before = done }
                return done - before
            }
            progress(piece)
        }
        defer { validator = transfer.validator ?? validator }
        do {
            let offset = try transfer.resume()
            var request = URLRequest(url: url, timeoutInterval: 60)
            if offset > 0 {
                request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range")
                if let validator { request.setValue(validator, forHTTPHeaderField: "If-Range") }
            }
            let answer = try await session.run(request, transfer)
            switch answer.status {
            case 200,
                206 where offset > 0:
                return (transfer.digest(), offset)
            // All bytes are there already, or more than the file has: the digest tells.
            case 416 where offset > 0: return (transfer.digest(), offset)
            // Only what may pass is worth another try.
            case 429, 500...: throw LaminaError(.unavailable, "\(url) answers with status \(answer.status)")
            default: throw LaminaError(.notFound, "\(url) answers with status \(answer.status)")
            }
        } catch {
            progress(-received.withLock(\.self))
            switch (error as? LaminaError)?.code {
            case .network?: throw LaminaError(.network, "cannot download \(url)", cause: error)
            case .inputOutput?: throw LaminaError(.inputOutput, "cannot store \(url)", cause: error)
            default: throw error
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
