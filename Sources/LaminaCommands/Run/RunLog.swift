import Execution
import Synchronization

/// Writes a function's log to the standard error as it comes; a reader that is slow slows the function, and loses no line.
final class RunLog: LogSink {
    private let isMuted = Atomic(false)

    /// Writes no more: what an interrupted function says of its end is no news.
    func mute() { isMuted.store(true, ordering: .relaxed) }

    func write(_ lines: [LogLine], of stream: LogStreamName) {
        guard !isMuted.load(ordering: .relaxed) else { return }
        let (newline, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var bytes: [UInt8] = []
        for line in lines {
            // AWS's Python client keeps a traceback in one event by returns, at which a terminal would write over what it has written.
            bytes += (line.message.last == carriageReturn ? line.message.dropLast() : line.message[...]).map {
                $0 == carriageReturn ? newline : $0
            }
            bytes.append(newline)
        }
        StandardError.write(bytes)
    }
}
