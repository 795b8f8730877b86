import Checksum
import Foundation
import LaminaErrors
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Fetches a file whose SHA-256 is known, over HTTP with retries; a try goes on where the one before it was cut off.
package struct FileDownload: Sendable {
    private let session: TransferSession
    private let schedule: RetrySchedule

    package init(session: TransferSession, schedule: RetrySchedule) {
        self.session = session
        self.schedule = schedule
    }

    /// Downloads to a file, which is left half written where this throws.
    ///
    /// - Parameters:
    ///   - limit: Bytes that the file may have.
    ///   - progress: Told of the bytes so far, which become fewer where a server begins anew.
    /// - Throws: ``LaminaError`` `hashMismatch` for other bytes, `network` or `unavailable` after the last try, `notFound` for another
    ///   answer than the file.
    package func run(
        _ url: URL, to path: FilePath, sha256: SHA256Digest, limit: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
        defer { try? file.close() }
        let actual = try await schedule.run { try await fetch(url, to: file, limit: limit, progress) }
        guard actual == sha256 else {
            throw LaminaError(.hashMismatch, "\(url) has the SHA-256 \(actual), but \(sha256) is expected")
        }
    }

    /// One try.
    private func fetch(
        _ url: URL, to file: FileDescriptor, limit: Int, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> SHA256Digest {
        let transfer = Transfer(file: file, fileLimit: limit, followsRedirections: true, progress: { done, _ in progress(done) })
        let start = try transfer.resume()
        var request = URLRequest(url: url, timeoutInterval: 60)
        if start > 0 { request.setValue("bytes=\(start)-", forHTTPHeaderField: "Range") }
        let answer: HTTPAnswer
        do {
            answer = try await session.run(request, transfer)
        } catch let error as LaminaError {
            throw LaminaError(error.code, "cannot download \(url)", cause: error)
        }
        switch answer.status {
        case 200: return transfer.digest()
        case 206 where start > 0: return transfer.digest()
        case 416 where start > 0:
            // There is no more than what came already, or there is another file now: the next try begins anew.
            try file.resize(to: 0)
            throw LaminaError(.unavailable, "\(url) answers with status 416")
        case 429, 500...: throw LaminaError(.unavailable, "\(url) answers with status \(answer.status)")
        default: throw LaminaError(.notFound, "\(url) answers with status \(answer.status)")
        }
    }
}
