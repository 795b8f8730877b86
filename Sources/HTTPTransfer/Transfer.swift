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
    /// Redirections that are followed.
    private static let redirectionLimit = 10

    /// Whether a redirection is followed; a signature would not hold for another address.
    let followsRedirections: Bool
    private let progress: TransferProgress?
    private let fileLimit: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - file: Where the body of an answer with status 200 goes, and of one with 206 after ``resume()``.
    ///   - fileLimit: Bytes that the file may have.
    package init(
        file: FileDescriptor? = nil, fileLimit: Int = .max, followsRedirections: Bool = false, progress: TransferProgress? = nil
    ) {
        self.followsRedirections = followsRedirections
        self.progress = progress
        self.fileLimit = fileLimit
        var state = State()
        state.file = file
        self.state = Mutex(state)
    }

    /// Takes what an earlier try wrote to the file as the answer's beginning, and gives its size in bytes.
    ///
    /// The request has to ask for the range from there on. A service that sends the whole all the same has the file begun anew.
    package func resume() throws -> Int {
        try state.withLock { state in
            guard let file = state.file else { return 0 }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
            defer { buffer.deallocate() }
            while case let count = try file.read(fromAbsoluteOffset: Int64(state.offset), into: buffer), count > 0 {
                state.digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                state.offset += count
            }
            try file.seek(offset: Int64(state.offset), from: .start)
            state.received = state.offset
            return state.offset
        }
    }

    /// What tells whether the file that an answer came from is still the same, once a piece of it came; nil where the service says nothing.
    package var validator: String? { state.withLock { $0.validator } }

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
            if !state.isPlaced, state.file != nil, let response { state.place(response) }
            guard state.failure == nil else {
                task.cancel()
                return nil
            }
            state.received += data.count
            guard response?.statusCode == 200 || state.offset > 0 && response?.statusCode == 206, let file = state.file else {
                if state.body.count + data.count > Self.limit {
                    state.failure = LaminaError(.limitExceeded, "the answer has more than \(Self.limit) bytes")
                    task.cancel()
                } else {
                    state.body += data
                }
                return nil
            }
            guard state.received <= fileLimit else {
                state.failure = LaminaError(.limitExceeded, "the file has more than \(fileLimit) bytes")
                task.cancel()
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
        if let received { progress?(received, response.map { Self.total($0) } ?? 0) }
    }

    /// Bytes of the whole file, 0 or less where it is not known.
    private static func total(_ response: HTTPURLResponse) -> Int {
        guard response.statusCode == 206 else { return Int(response.expectedContentLength) }
        return response.value(forHTTPHeaderField: "Content-Range")?.split(separator: "/").last.flatMap { Int($0) } ?? 0
    }

    /// The request that follows a redirection; nil where it is not followed, and is the answer.
    func redirected(_ request: URLRequest, from original: URLRequest?) -> URLRequest? {
        guard followsRedirections, ["http", "https"].contains(request.url?.scheme?.lowercased()) else { return nil }
        let isBounded = state.withLock { state in
            state.redirections += 1
            return state.redirections <= Self.redirectionLimit
        }
        guard isBounded else { return nil }
        var request = request
        if request.url?.origin != original?.url?.origin {
            let host = request.url?.host ?? ""
            let isDowngrade = original?.url?.scheme?.lowercased() == "https" && request.url?.scheme?.lowercased() == "http"
            state.withLock { state in
                state.leftOrigin = true
                guard isDowngrade else { return }
                state.failure = LaminaError(
                    .unsafe, "\(original?.url?.host ?? "") sends on to \(host) without TLS, where others could read and change what comes")
            }
            guard !isDowngrade else { return nil }
            // Credentials are for the service that they were given for.
            request.setValue(nil, forHTTPHeaderField: "Authorization")
        }
        return request
    }

    /// Takes note that the answer asks for a password, whereupon Foundation calls the task cancelled.
    func challenged() { state.withLock { $0.isChallenged = true } }

    /// Takes note of how much of the body is sent.
    func sent(_ bytes: Int, of total: Int) { progress?(bytes, total) }

    /// Takes the end of the answer, or what went wrong.
    func complete(_ task: URLSessionTask, _ error: (any Error)?) {
        let (continuation, result) = state.withLock {
            state -> (CheckedContinuation<HTTPAnswer, any Error>?, Result<HTTPAnswer, any Error>) in
            let result = Self.result(task, error, state)
            let continuation = state.continuation
            state.continuation = nil
            if continuation == nil { state.result = result }
            return (continuation, result)
        }
        continuation?.resume(with: result)
    }

    private static func result(
        _ task: URLSessionTask, _ error: (any Error)?, _ state: borrowing State
    ) -> Result<HTTPAnswer, any Error> {
        if let failure = state.failure { return .failure(failure) }
        if let error, !state.isChallenged {
            if (error as? URLError)?.code == .cancelled { return .failure(CancellationError()) }
            return .failure(LaminaError(.network, error.localizedDescription, cause: error))
        }
        guard let response = task.response as? HTTPURLResponse else { return .failure(LaminaError(.network, "no answer came")) }
        var headers: [String: String] = [:]
        for case let (name as String, value as String) in response.allHeaderFields { headers[name.lowercased()] = value }
        let otherHost = state.leftOrigin ? response.url?.host ?? "another service" : nil
        return .success(HTTPAnswer(status: response.statusCode, headers: headers, body: state.body, otherHost: otherHost))
    }
}

extension URL {
    /// Whom a request speaks to (RFC 6454).
    fileprivate var origin: [String] { [scheme?.lowercased() ?? "", host?.lowercased() ?? "", port.map { String($0) } ?? ""] }
}
