import Checksum
import Foundation
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches files whose SHA-256 is known over HTTP, a bounded number at a time, with retries. What an earlier try or run left of a file is
/// gone on with.
package actor Downloader {
    /// Closed when the downloader goes.
    package nonisolated let session: TransferSession
    private let schedule: RetrySchedule
    private let partials: FilePath
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - partials: A folder, where downloads grow by their hashes until they are whole; what nobody came back for is removed from it.
    ///   - concurrent: Downloads at a time.
    package init(partials: FilePath, concurrent: Int, schedule: RetrySchedule) {
        self.partials = partials
        self.schedule = schedule
        free = concurrent
        session = TransferSession(connections: concurrent)
    }

    deinit { session.invalidate() }

    /// Downloads a file, which takes its place when it is whole and proved.
    ///
    /// - Parameters:
    ///   - limit: Bytes that the file may have.
    ///   - authorization: What lets the request in, where the service asks for it.
    ///   - progress: Told of the bytes of the file so far, which become fewer where a server begins anew.
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes, `network` or `unavailable` after the last try, `accessDenied` for the
    ///   status 401 or 403, `notFound` for another answer than the file, `limitExceeded`.
    package func download(
        _ url: URL, sha256: SHA256Digest, to path: FilePath, limit: Int = .max, authorization: (any RequestAuthorization)? = nil,
        progress: @escaping @Sendable (Int) -> Void
    ) async throws {
        let request = FileRequest(url: url, limit: limit, authorization: authorization, progress: progress)
        await takeTurn()
        defer { passTurn() }
        try Task.checkCancellation()
        let place = partials.appending(sha256.hexadecimal)
        if let partial = try PartialFile(place) {
            try await download(request, sha256, to: partial)
            try partial.finish(path)
        } else {
            // Another process fetches the same file. This one does not wait for it, and the last to be ready wins.
            let own = FilePath("\(place)-\(UUID().uuidString)")
            defer { unlink(own.string) }
            guard let partial = try PartialFile(own) else { throw LaminaError(.inputOutput, "cannot write \(own)") }
            try await download(request, sha256, to: partial)
            try partial.finish(path)
        }
    }

    private func download(
        _ request: FileRequest, _ sha256: SHA256Digest, to partial: borrowing PartialFile
    ) async throws {
        let file = partial.file
        var validator: String?
        do {
            let resumed = try await schedule.run { try await fetch(request, to: file, &validator) }
            guard resumed.digest != sha256 else { return }
            try partial.empty()
            var digest = resumed.digest
            if resumed.offset > 0 {
                // The beginning may be of another file, or damaged: once more, as a whole.
                validator = nil
                digest = try await schedule.run { try await fetch(request, to: file, &validator) }.digest
                guard digest != sha256 else { return }
            }
            throw LaminaError(.hashMismatch, "\(request.url) has the SHA-256 \(digest), but \(sha256) is expected")
        } catch let error as LaminaError where error.code == .hashMismatch || error.code == .limitExceeded {
            try partial.empty()
            throw error
        }
    }

    /// One try, from where the file ends.
    private func fetch(
        _ wanted: FileRequest, to file: FileDescriptor, _ validator: inout String?
    ) async throws -> (digest: SHA256Digest, offset: Int) {
        let url = wanted.url
        let header = await wanted.authorization?.header()
        var (answer, transfer, offset) = try await send(wanted, header, to: file, &validator)
        if answer.status == 401, answer.otherHost == nil, let authorization = wanted.authorization {
            try await authorization.renew(after: header, answer.headers["www-authenticate"])
            (answer, transfer, offset) = try await send(wanted, await authorization.header(), to: file, &validator)
        }
        switch answer.status {
        case 200,
            206 where offset > 0:
            return (transfer.digest(), offset)
        // All bytes are there already, or more than the file has: the digest tells.
        case 416 where offset > 0: return (transfer.digest(), offset)
        case 401, 403:
            guard answer.otherHost == nil, let authorization = wanted.authorization else { fallthrough }
            throw LaminaError(.accessDenied, "\(url)\(answer.refusal): \(await authorization.advice)")
        default:
            // Only what may pass is worth another try.
            throw answer.isTransient ? answer.unavailable("\(url)") : LaminaError(.notFound, "\(url)\(answer.refusal)")
        }
    }

    private func send(
        _ wanted: FileRequest, _ header: String?, to file: FileDescriptor, _ validator: inout String?
    ) async throws -> (HTTPAnswer, Transfer, offset: Int) {
        let (url, progress) = (wanted.url, wanted.progress)
        let transfer = Transfer(file: file, fileLimit: wanted.limit, followsRedirections: true, progress: { done, _ in progress(done) })
        defer { validator = transfer.validator ?? validator }
        do {
            let offset = try transfer.resume()
            var request = URLRequest(url: url, timeoutInterval: 60)
            if let header { request.setValue(header, forHTTPHeaderField: "Authorization") }
            if offset > 0 {
                request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range")
                if let validator { request.setValue(validator, forHTTPHeaderField: "If-Range") }
            }
            return (try await session.run(request, transfer), transfer, offset)
        } catch let error as LaminaError where [.network, .limitExceeded].contains(error.code) {
            throw LaminaError(error.code, "cannot download \(url)", cause: error)
        } catch let error as LaminaError where error.code == .inputOutput {
            throw LaminaError(.inputOutput, "cannot store \(url)", cause: error)
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

/// A file that is wanted.
private struct FileRequest {
    let url: URL
    let limit: Int
    let authorization: (any RequestAuthorization)?
    let progress: @Sendable (Int) -> Void
}
