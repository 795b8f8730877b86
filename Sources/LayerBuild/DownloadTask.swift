import Checksum
import Foundation
import LaminaErrors
import Synchronization
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One try at one download: bytes go to the file and into the hash as they come.
final class DownloadTask: Sendable {
    private struct State: ~Copyable {
        var file: FileDescriptor?
        var digest = MessageDigest(.sha256)
        var received = 0
        var failure: LaminaError?
        var continuation: CheckedContinuation<SHA256Digest, any Error>?
        /// An end that came before anyone waited for it.
        var result: Result<SHA256Digest, any Error>?
    }

    private let url: URL
    private let path: FilePath
    private let progress: @Sendable (Int) -> Void
    private let state = Mutex(State())

    init(_ url: URL, _ path: FilePath, progress: @escaping @Sendable (Int) -> Void) {
        self.url = url
        self.path = path
        self.progress = progress
    }

    func run(in session: DownloadSession) async throws -> SHA256Digest {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o644))
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
        defer { try? file.close() }
        state.withLock { $0.file = file }
        guard let task = session.task(for: url, self) else { throw CancellationError() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state in
                    state.continuation = state.result == nil ? continuation : nil
                    return state.result
                }
                if let result { continuation.resume(with: result) } else { task.resume() }
            }
        } onCancel: {
            task.cancel()
        }
    }

    /// Takes a piece of the answer's body.
    func receive(_ data: Data, of dataTask: URLSessionDataTask) {
        let isKept = state.withLock { state in
            guard state.failure == nil, (dataTask.response as? HTTPURLResponse)?.statusCode == 200, let file = state.file else {
                return false
            }
            do {
                try data.withUnsafeBytes { bytes in
                    _ = try file.writeAll(bytes)
                    state.digest.update(bytes)
                }
            } catch {
                state.failure = LaminaError(.inputOutput, "cannot write \(path)", cause: error)
                dataTask.cancel()
            }
            state.received += data.count
            return true
        }
        if isKept { progress(data.count) }
    }

    /// Takes the end of the answer, or what went wrong.
    func complete(_ task: URLSessionTask, _ error: (any Error)?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode
        let (continuation, result) = state.withLock {
            state -> (CheckedContinuation<SHA256Digest, any Error>?, Result<SHA256Digest, any Error>) in
            let continuation = state.continuation
            state.continuation = nil
            if let failure = state.failure { return (continuation, .failure(failure)) }
            if let error {
                if (error as? URLError)?.code == .cancelled { return (continuation, .failure(CancellationError())) }
                return (continuation, .failure(LaminaError(.network, "cannot download \(url)", cause: error)))
            }
            guard status == 200 else {
                // Only what may pass is worth another try.
                let code: LaminaError.Code = status.map { $0 == 429 || $0 >= 500 } ?? true ? .network : .notFound
                return (continuation, .failure(LaminaError(code, "\(url) answers with status \(status ?? 0)")))
            }
            return (continuation, .success(SHA256Digest(finishing: &state.digest)))
        }
        if continuation == nil { state.withLock { $0.result = result } }
        if case .failure = result { progress(-state.withLock { $0.received }) }
        continuation?.resume(with: result)
    }
}
