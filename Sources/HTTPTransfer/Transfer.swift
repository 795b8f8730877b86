import Checksum
import Foundation
import LaminaErrors
import Synchronization
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request on its way: its answer is gathered in memory, or goes to a file and into a hash as it comes.
package final class Transfer: Sendable {
    /// Bytes of an answer that is kept in memory.
    private static let limit = 32 << 20

    private struct State: ~Copyable {
        var file: FileDescriptor?
        var digest = MessageDigest(.sha256)
        var body: [UInt8] = []
        var received = 0
        var failure: LaminaError?
        var continuation: CheckedContinuation<HTTPAnswer, any Error>?
        /// An end that came before anyone waited for it.
        var result: Result<HTTPAnswer, any Error>?
    }

    /// Whether a redirection is followed; a signature would not hold for another address.
    let followsRedirections: Bool
    private let progress: TransferProgress?
    private let state: Mutex<State>

    /// - Parameter file: Where the body of an answer with status 200 goes.
    package init(file: FileDescriptor? = nil, followsRedirections: Bool = false, progress: TransferProgress? = nil) {
        self.followsRedirections = followsRedirections
        self.progress = progress
        var state = State()
        state.file = file
        self.state = Mutex(state)
    }

    /// Runs the task to its end.
    func run(_ task: URLSessionTask) async throws -> HTTPAnswer {
        try await withTaskCancellationHandler {
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

    /// The SHA-256 of what went to the file. Call once, after ``run(_:)``.
    package func digest() -> SHA256Digest { state.withLock { SHA256Digest(finishing: &$0.digest) } }

    /// Takes a piece of the answer's body.
    func receive(_ data: Data, of task: URLSessionDataTask) {
        let response = task.response as? HTTPURLResponse
        let received = state.withLock { state -> Int? in
            guard state.failure == nil else { return nil }
            state.received += data.count
            guard response?.statusCode == 200, let file = state.file else {
                if state.body.count + data.count > Self.limit {
                    state.failure = LaminaError(.limitExceeded, "the answer has more than \(Self.limit) bytes")
                    task.cancel()
                } else {
                    state.body += data
                }
                return nil
            }
            do {
                try data.withUnsafeBytes { bytes in
                    _ = try file.writeAll(bytes)
                    state.digest.update(bytes)
                }
            } catch {
                state.failure = LaminaError(.inputOutput, "cannot write the download", cause: error)
                task.cancel()
            }
            return state.received
        }
        if let received { progress?(received, response.map { Int($0.expectedContentLength) } ?? 0) }
    }

    /// Takes note of how much of the body is sent.
    func sent(_ bytes: Int, of total: Int) { progress?(bytes, total) }

    /// Takes the end of the answer, or what went wrong.
    func complete(_ task: URLSessionTask, _ error: (any Error)?) {
        let (continuation, result) = state.withLock {
            state -> (CheckedContinuation<HTTPAnswer, any Error>?, Result<HTTPAnswer, any Error>) in
            let result = Self.result(task, error, state.failure, state.body)
            let continuation = state.continuation
            state.continuation = nil
            if continuation == nil { state.result = result }
            return (continuation, result)
        }
        continuation?.resume(with: result)
    }

    private static func result(
        _ task: URLSessionTask, _ error: (any Error)?, _ failure: LaminaError?, _ body: [UInt8]
    ) -> Result<HTTPAnswer, any Error> {
        if let failure { return .failure(failure) }
        if let error {
            if (error as? URLError)?.code == .cancelled { return .failure(CancellationError()) }
            return .failure(LaminaError(.network, error.localizedDescription, cause: error))
        }
        guard let response = task.response as? HTTPURLResponse else { return .failure(LaminaError(.network, "no answer came")) }
        var headers: [String: String] = [:]
        for case let (name as String, value as String) in response.allHeaderFields { headers[name.lowercased()] = value }
        return .success(HTTPAnswer(status: response.statusCode, headers: headers, body: body))
    }
}

/// What came back for a request.
package struct HTTPAnswer: Sendable {
    package var status: Int
    /// By lower-case name.
    package var headers: [String: String]
    /// Empty where it went to a file.
    package var body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Told of each piece that went over the wire: bytes so far, and of all; the latter 0 or less where it is not known.
public typealias TransferProgress = @Sendable (_ done: Int, _ total: Int) -> Void
