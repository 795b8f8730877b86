import LambdaModel
import Synchronization

/// What the processes of one environment may take of the server's at a time: nothing else bounds them there.
final class EnvironmentBounds: Sendable {
    private struct State {
        var connections = 0
        var bytes = 0
    }

    /// A runtime, ten extensions, and whatever a function's own code connects.
    private static let connections = 128
    /// Of requests that are not whole yet: a response of the largest kind, and as much beside it.
    private static let bytes = 2 * Limits.synchronousResponse

    private let state = Mutex(State())

    /// Counts a connection; false, and counts none, when there are too many.
    func connect() -> Bool {
        state.withLock { state in
            guard state.connections < Self.connections else { return false }
            state.connections += 1
            return true
        }
    }

    func disconnect() { state.withLock { $0.connections -= 1 } }

    /// Counts bytes that are kept; false, and counts none, when there are too many.
    func keep(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.bytes + bytes <= Self.bytes else { return false }
            state.bytes += bytes
            return true
        }
    }

    func drop(_ bytes: Int) { state.withLock { $0.bytes -= bytes } }
}
