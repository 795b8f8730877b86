import Dispatch
import Execution
import Logging
import Storage
import Synchronization

/// Takes functions' lines to the store: they wait in memory, up to a limit, for one task that writes them.
final class FunctionLogs: LogSink {
    /// Bytes of waiting lines beyond which further ones are dropped.
    private static let waitingLimit = 8 << 20
    /// Those of one group: a function that writes without end costs the others none of theirs.
    private static let groupLimit = waitingLimit / 4
    /// How long lines gather after a write.
    private static let pause = Duration.milliseconds(50)
    /// How long after a write that failed the next one waits.
    private static let failurePause = Duration.seconds(1)
    /// Streams whose dropped lines are counted at a time.
    private static let countedStreams = 1000
    /// Bytes that a waiting line takes beside its own.
    private static let lineOverhead = 128

    private struct Waiting {
        var bytes = 0
        var streams: [String: [NewLogEvent]] = [:]
    }

    /// Lines of a stream that are lost, which the stream itself tells as soon as it can.
    private struct Lost {
        var dropped = 0
        var unwritten = 0

        /// The events that tell it, and what each stands for.
        func notices(at time: Int) -> [(event: NewLogEvent, lost: Lost)] {
            let texts = [
                (Lost(dropped: dropped), dropped, "dropped: more came than could be written"),
                (Lost(unwritten: unwritten), unwritten, "lost: they could not be written"),
            ]
            return texts.filter { $0.1 > 0 }.map { (NewLogEvent(timestamp: time, message: "\($0.1) log events were \($0.2)\n".utf8), $0.0) }
        }

        static func += (one: inout Lost, other: Lost) {
            one.dropped += other.dropped
            one.unwritten += other.unwritten
        }
    }

    private struct State {
        var groups: [LogGroupName: Waiting] = [:]
        var bytes = 0
        var lost: [LogStreamName: Lost] = [:]

        mutating func lose(_ lines: Lost, of stream: LogStreamName) {
            guard lost.count < countedStreams || lost[stream] != nil else { return }
            lost[stream, default: Lost()] += lines
        }
    }

    private let store: LogStore
    private let logger: Logger
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(_ store: LogStore, logger: Logger) {
        self.store = store
        self.logger = logger
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func write(_ lines: [LogLine], of stream: LogStreamName) {
        let group = LogGroupName(scope: stream.scope, name: stream.group)
        state.withLock { state in
            var waiting = state.groups.removeValue(forKey: group) ?? Waiting()
            for line in lines {
                let size = line.message.count + Self.lineOverhead
                guard state.bytes + size <= Self.waitingLimit, waiting.bytes + size <= Self.groupLimit else {
                    state.lose(Lost(dropped: 1), of: stream)
                    continue
                }
                state.bytes += size
                waiting.bytes += size
                // AWS: an event of Lambda's ends in the newline of its line.
                waiting.streams[stream.stream, default: []].append(
                    NewLogEvent(timestamp: line.timestamp, message: line.message + [UInt8(ascii: "\n")]))
            }
            if waiting.bytes > 0 { state.groups[group] = waiting }
        }
        waker.yield()
    }

    /// Writes what comes until ``finish()``, and then what is left.
    func run() async {
        var isFailing = false
        for await _ in wakes {
            await writeWaiting(&isFailing)
            // Each write is a transaction: under load it is to be worth it.
            try? await Task.sleep(for: isFailing ? Self.failurePause : Self.pause)
        }
        await writeWaiting(&isFailing)
    }

    /// Ends ``run()``. What is written after it waits for ``flush()``.
    func finish() { waker.finish() }

    /// Writes what came after ``run()`` has ended.
    func flush() async {
        var isFailing = false
        await writeWaiting(&isFailing)
    }

    private func writeWaiting(_ isFailing: inout Bool) async {
        let (groups, lost) = state.withLock { state in
            defer { state = State() }
            return (state.groups, state.lost)
        }
        let now = LogStore.now
        var batches = groups.flatMap { group, waiting in
            waiting.streams.map { LogBatch(group: group, stream: $0.key, events: $0.value) }
        }
        for (stream, lines) in lost {
            batches.append(
                LogBatch(
                    group: LogGroupName(scope: stream.scope, name: stream.group), stream: stream.stream,
                    events: lines.notices(at: now).map(\.event)))
        }
        guard !batches.isEmpty else { return }
        let losses = await keep(batches)
        guard let first = losses.first else {
            isFailing = false
            return
        }
        state.withLock { state in
            for loss in losses {
                let stream = LogStreamName(scope: loss.batch.group.scope, group: loss.batch.group.name, stream: loss.batch.stream)
                var events = Set(loss.batch.events.suffix(2))
                var lines = loss.batch.events.count
                // A notice is no line, and what it told is still to be told.
                for notice in lost[stream]?.notices(at: now) ?? [] where events.remove(notice.event) != nil {
                    lines -= 1
                    state.lose(notice.lost, of: stream)
                }
                state.lose(Lost(unwritten: lines), of: stream)
            }
        }
        if !isFailing { logger.error("functions' logs are not kept", metadata: ["error": "\(first.error)"]) }
        isFailing = true
        waker.yield()
    }

    private func keep(_ batches: [LogBatch]) async -> [LogLoss] {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [store] in continuation.resume(returning: store.keep(batches)) }
        }
    }
}
