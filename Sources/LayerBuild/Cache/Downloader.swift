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

    /// Downloads to a file and returns its SHA-256.
    ///
    /// - Parameter progress: Called with the count of bytes of each piece; with a negative one when a try starts again.
    /// - Throws: ``LaminaError`` `network` or `unavailable` after the last try, `notFound` for another answer than the file.
    func download(_ url: URL, to path: FilePath, progress: @escaping @Sendable (Int) -> Void) async throws -> SHA256Digest {
        await takeTurn()
        defer { passTurn() }
        try Task.checkCancellation()
        return try await Self.schedule.run { try await fetch(url, to: path, progress) }
    }

    /// One try.
    private func fetch(_ url: URL, to path: FilePath, _ progress: @escaping @Sendable (Int) -> Void) async throws -> SHA256Digest {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
        defer { try? file.close() }
        let received = Mutex(0)
        let transfer = Transfer(file: file, followsRedirections: true) { done, _ in
            let piece = received.withLock { before in
                defer { before = done }
                return done - before
            }
            progress(piece)
        }
        do {
            let answer = try await session.run(URLRequest(url: url, timeoutInterval: 60), transfer)
            guard answer.status == 200 else {
                // Only what may pass is worth another try.
                let code: LaminaError.Code = answer.status == 429 || answer.status >= 500 ? .unavailable : .notFound
                throw LaminaError(code, "\(url) answers with status \(answer.status)")
            }
            return transfer.digest()
        } catch {
            progress(-received.withLock(\.self))
            switch (error as? LaminaError)?.code {
            case .network?: throw LaminaError(.network, "cannot download \(url)", cause: error)
            case .inputOutput?: throw LaminaError(.inputOutput, "cannot write \(path)", cause: error)
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
