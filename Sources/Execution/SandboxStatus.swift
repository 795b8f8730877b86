import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// What bubblewrap tells of a sandbox by `--json-status-fd`: the process inside, and its end.
final class SandboxStatus: Sendable {
    private struct State {
        var text = ""
        var child: pid_t?
        var exit: Int?
        var hasEnded = false
        var childWaiter: CheckedContinuation<pid_t?, Never>?
        var onExit: (@Sendable (Int) -> Void)?
    }

    private let descriptor: CInt
    // A dispatch source may be used from any thread; Dispatch on Linux does not say so in its types.
    nonisolated(unsafe) private let source: any DispatchSourceRead
    private let state = Mutex(State())

    /// Takes over the pipe's reading end.
    ///
    /// - Parameter onExit: Called once, with the status that a shell would show.
    init(_ descriptor: CInt, onExit: @escaping @Sendable (Int) -> Void) {
        self.descriptor = descriptor
        state.withLock { $0.onExit = onExit }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler { [self] in readSome() }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    /// The process id of the sandbox's first process, seen from here; nil when bubblewrap ended before it had one.
    func child() async -> pid_t? {
        await withCheckedContinuation { continuation in
            let known: pid_t?? = state.withLock { state in
                if state.child != nil || state.hasEnded { return .some(state.child) }
                state.childWaiter = continuation
                return .none
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    private func readSome() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        let (waiter, child, onExit, status) = state.withLock {
            state -> (CheckedContinuation<pid_t?, Never>?, pid_t?, (@Sendable (Int) -> Void)?, Int) in
            if count > 0 {
                state.text += String(decoding: buffer[..<count], as: UTF8.self)
                Self.parse(&state)
            } else {
                state.hasEnded = true
            }
            var waiter: CheckedContinuation<pid_t?, Never>?
            if state.child != nil || state.hasEnded { swap(&waiter, &state.childWaiter) }
            var onExit: (@Sendable (Int) -> Void)?
            // The end of the pipe, not the line before it, says that all processes are gone.
            if state.hasEnded { swap(&onExit, &state.onExit) }
            return (waiter, state.child, onExit, state.exit ?? 128 + Int(SIGKILL))
        }
        if count <= 0 { source.cancel() }
        waiter?.resume(returning: child)
        onExit?(status)
    }

    private static func parse(_ state: inout State) {
        while let newline = state.text.firstIndex(of: "\n") {
            let line = Data(state.text[..<newline].utf8)
            state.text = String(state.text[state.text.index(after: newline)...])
            guard let message = try? JSONDecoder().decode(Message.self, from: line) else { continue }
            if let child = message.child { state.child = child }
            if let exit = message.exit { state.exit = exit }
        }
    }

    private struct Message: Decodable {
        var child: pid_t?
        var exit: Int?

        enum CodingKeys: String, CodingKey {
            case child = "child-pid"
            case exit = "exit-code"
        }
    }
}
