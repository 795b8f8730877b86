import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A URL session that hands its events to the download they belong to.
///
/// Foundation on Linux calls the session's delegate only, never a task's own.
final class DownloadSession: NSObject, URLSessionDataDelegate, Sendable {
    private let downloads = Mutex<[Int: DownloadTask]>([:])
    private let session = Mutex<URLSession?>(nil)

    init(connections: Int) {
        super.init()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = connections
        configuration.timeoutIntervalForRequest = 60
        session.withLock { $0 = URLSession(configuration: configuration, delegate: self, delegateQueue: nil) }
    }

    /// A task that is not yet running; nil once the session is let go.
    func task(for url: URL, _ download: DownloadTask) -> URLSessionDataTask? {
        session.withLock { session in
            guard let session else { return nil }
            let task = session.dataTask(with: url)
            downloads.withLock { $0[task.taskIdentifier] = download }
            return task
        }
    }

    /// Lets the session go, which else keeps its delegate alive.
    func invalidate() {
        session.withLock { session in
            session?.finishTasksAndInvalidate()
            session = nil
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        downloads.withLock { $0[dataTask.taskIdentifier] }?.receive(data, of: dataTask)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        downloads.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.complete(task, error)
    }
}
