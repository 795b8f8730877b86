import LambdaModel
import LaminaErrors
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// What a sandbox writes to its standard output and error: its last 4 KB are kept for each invocation.
///
/// A ``SandboxMonitor`` reads it as it comes, and whoever asks for the tail reads what has come by then.
final class LogPipe: Sendable {
    private struct State {
        var tail: [UInt8] = []
        var isOpen = true
    }

    /// The pipe's reading end, for `poll(2)`.
    let descriptor: CInt
    private let state = Mutex(State())

    /// Takes over the pipe's reading end.
    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Begins an invocation's log with a line of ours.
    func begin(_ line: String) { state.withLock { $0.tail = Array(line.utf8) } }

    /// Adds a line of ours behind what the function wrote so far.
    func append(_ line: String) {
        drain()
        state.withLock { Self.append(line.utf8, to: &$0.tail) }
    }

    /// The last 4 KB since ``begin(_:)``.
    var tail: [UInt8] {
        drain()
        return state.withLock { Array($0.tail.suffix(Limits.logTail)) }
    }

    /// Reads all that is in the pipe now; false once all writers are gone.
    @discardableResult
    func drain() -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count > 0 {
                    Self.append(buffer[..<count], to: &state.tail)
                } else {
                    if count == 0 || errno != EAGAIN && errno != EINTR { state.isOpen = false }
                    return state.isOpen
                }
            }
        }
    }

    /// Lets the tail grow to four times its size, so that it is cut seldom.
    private static func append(_ bytes: some Collection<UInt8>, to tail: inout [UInt8]) {
        tail += bytes
        if tail.count > 4 * Limits.logTail { tail.removeFirst(tail.count - Limits.logTail) }
    }
}
