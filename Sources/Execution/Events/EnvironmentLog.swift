import Foundation
import LambdaModel
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// What happens in one environment, in its order: what its processes write, and what the platform tells of them.
///
/// The lines go to a ``LogSink``, the last 4 KB of each invocation's to its caller, and every event to observers.
final class EnvironmentLog: Sendable {
    private struct State {
        var tail: [UInt8] = []
        var inputs: [CInt: Input] = [:]
        var observers: [@Sendable (EnvironmentEvent) -> Void] = []
    }

    private struct Input {
        var source: EnvironmentEvent.Source
        var lines = LineSplitter()
        var isOpen = true
    }

    private static let readSize = 16_384
    /// A megabyte, the largest that a pipe may be made (pipe(7)).
    private static let readsAtATime = (1 << 20) / readSize + 1

    private let state = Mutex(State())
    private let stream: LogStreamName?
    private let sink: (any LogSink)?
    private let format: LogFormat

    /// - Parameters:
    ///   - stream: The name under which the sink gets the lines.
    ///   - sink: Nil where only tails are wanted.
    init(_ stream: LogStreamName? = nil, sink: (any LogSink)? = nil, format: LogFormat = .text) {
        self.stream = stream
        self.sink = sink
        self.format = format
    }

    /// Begins the tail of an invocation.
    func beginTail() { state.withLock { $0.tail = [] } }

    /// The last 4 KB since ``beginTail()``.
    var tail: [UInt8] {
        state.withLock { state in
            readAll(&state)
            return Array(state.tail.suffix(Limits.logTail))
        }
    }

    /// Adds an event of the platform behind all that was written so far.
    func add(_ event: PlatformEvent) {
        state.withLock { state in
            // A line of the platform begins a line, whatever stands before it.
            finishAll(&state)
            record([EnvironmentEvent(.platform(event))], &state)
        }
    }

    /// Calls an observer with every event from now on, in their order; it must not wait.
    func observe(_ observer: @escaping @Sendable (EnvironmentEvent) -> Void) { state.withLock { $0.observers.append(observer) } }

    func connect(_ descriptor: CInt, _ source: EnvironmentEvent.Source) {
        state.withLock { $0.inputs[descriptor] = Input(source: source) }
    }

    /// Takes what is left in a pipe, the line among it that has no end yet.
    func disconnect(_ descriptor: CInt) {
        state.withLock { state in
            read(descriptor, &state)
            finish(descriptor, &state)
            state.inputs[descriptor] = nil
        }
    }

    /// Reads all that is in a pipe now; false once all its writers are gone.
    func drain(_ descriptor: CInt) -> Bool {
        state.withLock { state in
            read(descriptor, &state)
            return state.inputs[descriptor]?.isOpen ?? false
        }
    }

    /// Reads all that is in the pipes now.
    func drain() { state.withLock { readAll(&$0) } }

    /// Reads all that is in the pipes now; those that wrote it are gone, and so a line that has no end has none to come.
    func finish() { state.withLock { finishAll(&$0) } }

    private func finishAll(_ state: inout State) {
        readAll(&state)
        for descriptor in state.inputs.keys { finish(descriptor, &state) }
    }

    private func finish(_ descriptor: CInt, _ state: inout State) {
        guard let source = state.inputs[descriptor]?.source, let rest = state.inputs[descriptor]?.lines.finish() else { return }
        record([EnvironmentEvent(.output(source, rest))], &state)
    }

    private func readAll(_ state: inout State) {
        for descriptor in state.inputs.keys { read(descriptor, &state) }
    }

    private func read(_ descriptor: CInt, _ state: inout State) {
        // What a pipe can hold at a time; one that is filled as quickly as it is read has to leave others their turn.
        for _ in 0..<Self.readsAtATime {
            guard var input = state.inputs[descriptor], input.isOpen else { return }
            var events: [EnvironmentEvent] = []
            let (count, code) = withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { buffer in
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                let code = errno
                if count > 0 { input.lines.add(buffer[..<count]) { events.append(EnvironmentEvent(.output(input.source, $0))) } }
                return (count, code)
            }
            if count < 0, code == EINTR { continue }
            if count < 0, code == EAGAIN { return }
            if count <= 0 {
                input.isOpen = false
                if let rest = input.lines.finish() { events.append(EnvironmentEvent(.output(input.source, rest))) }
            }
            state.inputs[descriptor] = input
            record(events, &state)
        }
    }

    private func record(_ events: [EnvironmentEvent], _ state: inout State) {
        guard !events.isEmpty else { return }
        var lines: [LogLine] = []
        for event in events {
            guard let line = event.line(format) else { continue }
            if event.isInTail { state.tail += line }
            if line.count > 1 { lines.append(LogLine(timestamp: Int(event.time.timeIntervalSince1970 * 1000), message: line.dropLast())) }
        }
        // It grows to four times its size, so that it is cut seldom.
        if state.tail.count > 4 * Limits.logTail { state.tail.removeFirst(state.tail.count - Limits.logTail) }
        if let sink, let stream, !lines.isEmpty { sink.write(lines, of: stream) }
        for observer in state.observers { for event in events { observer(event) } }
    }
}
