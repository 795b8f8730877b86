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
        /// Bytes of the file that are there, of this answer and before it.
        var received: Int
        var isFirst = true
        var failure: LaminaError?
        var continuation: CheckedContinuation<HTTPAnswer, any Error>?
        /// An end that came before anyone waited for it.
        var result: Result<HTTPAnswer, any Error>?
    }

    /// Whether a redirection is followed; a signature would not hold for another address.
    let followsRedirections: Bool
    private let progress: TransferProgress?
    private let start: Int
    private let fileLimit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - file: Where the body of an answer with status 200 goes.
    ///   - start: The bytes that the file has of an earlier try, where the request asks for the rest (RFC 9110, 14.2): an answer
    ///     with status 206 is added to them, and one with status 200 takes their place. The file has to be readable then.
    ///   - fileLimit: Bytes that the file may have.
    package init(
        file: FileDescriptor? = nil, from start: Int = 0, fileLimit: Int = .max, followsRedirections: Bool = false,
        progress: TransferProgress? = nil
    ) {
        self.followsRedirections = followsRedirections
        self.progress = progress
        self.start = start
        self.fileLimit = fileLimit
        state = Mutex(State(file: file, received: start))
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
            guard let file = state.file, response?.statusCode == 200 || (start > 0 && response?.statusCode == 206) else {
                if state.body.count + data.count > Self.limit {
                    state.failure = LaminaError(.limitExceeded, "the answer has more than \(Self.limit) bytes")
                    task.cancel()
                } else {
                    state.body += data
                }
                return nil
            }
            do {
                if state.isFirst { try Self.begin(response, at: start, file, &state) }
                guard data.count <= fileLimit - state.received else {
                    throw LaminaError(.limitExceeded, "the answer has more than the \(fileLimit) bytes that were announced")
                }
                state.received += data.count
                try data.withUnsafeBytes { bytes in
                    _ = try file.writeAll(bytes)
                    state.digest.update(bytes)
                }
            } catch let error as LaminaError {
                state.failure = error
                task.cancel()
            } catch {
                state.failure = LaminaError(.inputOutput, "cannot write the download", cause: error)
                task.cancel()
            }
            return state.received
        }
        if let received { progress?(received, response.map { Int($0.expectedContentLength) } ?? 0) }
    }

    /// Sees at an answer's first bytes whether it goes on where the file ends.
    private static func begin(_ response: HTTPURLResponse?, at start: Int, _ file: FileDescriptor, _ state: inout State) throws {
        state.isFirst = false
        guard start > 0 else { return }
        if response?.statusCode == 200 {
            try file.resize(to: 0)
            try file.seek(offset: 0, from: .start)
            state.received = 0
        } else if response?.value(forHTTPHeaderField: "Content-Range")?.hasPrefix("bytes \(start)-") == true {
            try hash(file, into: &state.digest)
        } else {
            throw LaminaError(.corrupt, "the answer is another part of the file than was asked for")
        }
    }

    /// Hashes a file, and leaves it at its end.
    private static func hash(_ file: FileDescriptor, into digest: inout MessageDigest) throws {
        try file.seek(offset: 0, from: .start)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { buffer.deallocate() }
        while case let count = try file.read(into: buffer), count > 0 {
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
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
