import Foundation
import LaminaErrors
import Synchronization
import SystemPackage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A URL session that hands its events to the transfer they belong to.
///
/// Foundation on Linux calls the session's delegate only, never a task's own.
package final class TransferSession: NSObject, URLSessionDataDelegate, Sendable {
    private let transfers = Mutex<[Int: Transfer]>([:])
    private let session = Mutex<URLSession?>(nil)

    /// - Parameter connections: At a time to one host, at most; nil for as many as Foundation finds right.
    package init(connections: Int? = nil) {
        super.init()
        let configuration = URLSessionConfiguration.ephemeral
        if let connections { configuration.httpMaximumConnectionsPerHost = connections }
        configuration.httpShouldSetCookies = false
        // Foundation would make a folder for it.
        configuration.httpCookieStorage = nil
        session.withLock { $0 = URLSession(configuration: configuration, delegate: self, delegateQueue: nil) }
    }

    /// Sends a request and waits for its answer's end.
    ///
    /// - Parameter upload: The file that is the request's body.
    /// - Throws: ``LaminaError`` `network` when no answer came.
    package func run(_ request: URLRequest, upload: FilePath? = nil, _ transfer: Transfer) async throws -> HTTPAnswer {
        let task = session.withLock { session -> URLSessionTask? in
            guard let session else { return nil }
            let task =
                upload.map { session.uploadTask(with: request, fromFile: URL(fileURLWithPath: $0.string)) }
                ?? session.dataTask(with: request)
            transfers.withLock { $0[task.taskIdentifier] = transfer }
            return task
        }
        guard let task else { throw CancellationError() }
        return try await transfer.run(task)
    }

    /// Lets the session go, which else keeps its delegate alive.
    package func invalidate() {
        session.withLock { session in
            session?.finishTasksAndInvalidate()
            session = nil
        }
    }

    private func transfer(of task: URLSessionTask) -> Transfer? { transfers.withLock { $0[task.taskIdentifier] } }

    package func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        transfer(of: dataTask)?.receive(data, of: dataTask)
    }

    package func urlSession(
        _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
        totalBytesExpectedToSend: Int64
    ) {
        transfer(of: task)?.sent(Int(totalBytesSent), of: Int(totalBytesExpectedToSend))
    }

    package func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(transfer(of: task)?.redirected(request, from: task.originalRequest))
    }

    /// A service that wants a name and a password has answered; the answer is for whoever asked.
    ///
    /// Without this a task on Linux never ends. With any other disposition than these it would not either, or the process would trap.
    package func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        transfer(of: task)?.challenged()
        completionHandler(.cancelAuthenticationChallenge, nil)
    }

    package func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        transfers.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.complete(task, error)
    }
}
