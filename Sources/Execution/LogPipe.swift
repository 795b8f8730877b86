import Dispatch
import LaminaErrors
import LambdaModel
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// What a sandbox writes to its standard output and error: read as it comes, its last 4 KB kept for each invocation.
final class LogPipe: Sendable {
    private struct State {
        var tail: [UInt8] = []
        var isOpen = true
    }

    private let descriptor: CInt
    // A dispatch source may be used from any thread; Dispatch on Linux does not say so in its types.
    nonisolated(unsafe) private let source: any DispatchSourceRead
    private let state = Mutex(State())

    /// Takes over the pipe's reading end.
    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler { [weak self] in self?.drain() }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

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

    /// Reads all that is in the pipe now.
    private func drain() {
        state.withLock { state in
            guard state.isOpen else { return }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count > 0 {
                    Self.append(buffer[..<count], to: &state.tail)
                } else {
                    if count == 0 || errno != EAGAIN && errno != EINTR {
                        state.isOpen = false
                        source.cancel()
                    }
                    return
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
