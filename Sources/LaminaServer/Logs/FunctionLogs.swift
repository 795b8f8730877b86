import Execution
import Foundation
import LaminaErrors
import Logging
import Storage
import Synchronization

/// Takes functions' lines to the store: they wait in memory, up to a limit, for one task that writes them.
final class FunctionLogs: LogSink {
    /// Bytes of waiting lines beyond which further ones are dropped.
    private static let waitingLimit = 8 << 20
    /// Streams whose dropped lines are counted at a time.
    private static let countedStreams = 1000
    /// Bytes that a waiting line takes beside its own.
    private static let lineOverhead = 128

    private struct State {
        var waiting: [LogStreamName: [NewLogEvent]] = [:]
        var bytes = 0
        var dropped: [LogStreamName: Int] = [:]
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
        state.withLock { state in
            for line in lines {
                let size = line.message.count + Self.lineOverhead
                guard state.bytes + size <= Self.waitingLimit else {
                    Self.drop(1, of: stream, &state)
                    continue
                }
                state.bytes += size
                // AWS: an event of Lambda's ends in the newline of its line.
                state.waiting[stream, default: []].append(
                    NewLogEvent(timestamp: line.timestamp, message: line.message + [UInt8(ascii: "\n")]))
            }
        }
        waker.yield()
    }

    /// Writes what comes until ``finish()``, and then what is left.
    func run() async {
        var isFailing = false
        for await _ in wakes { await writeWaiting(&isFailing) }
        await writeWaiting(&isFailing)
    }

    /// Ends ``run()``; nothing may be written after it.
    func finish() { waker.finish() }

    private func writeWaiting(_ isFailing: inout Bool) async {
        let (waiting, dropped) = state.withLock { state in
            defer { state = State() }
            return (state.waiting, state.dropped)
        }
        guard !waiting.isEmpty || !dropped.isEmpty else { return }
        var batches = waiting
        for (stream, count) in dropped {
            let text = "\(count) log events were dropped: more came than could be written\n"
            batches[stream, default: []].append(NewLogEvent(timestamp: AWSClock.milliseconds, message: text.utf8))
        }
        let all = batches.map { stream, events in
            LogBatch(group: LogGroupName(scope: stream.scope, name: stream.group), stream: stream.stream, events: events)
        }
        do {
            try await onBlockingThread { [store] in try store.append(all) }
            isFailing = false
        } catch {
            state.withLock { state in
                for (stream, events) in waiting { Self.drop(events.count, of: stream, &state) }
                for (stream, count) in dropped { Self.drop(count, of: stream, &state) }
            }
            if !isFailing { logger.error("functions' logs are not kept", metadata: ["error": "\(error)"]) }
            isFailing = true
        }
    }

    private static func drop(_ count: Int, of stream: LogStreamName, _ state: inout State) {
        guard state.dropped.count < countedStreams || state.dropped[stream] != nil else { return }
        state.dropped[stream, default: 0] += count
    }
}

/// The time, as logs have it.
enum AWSClock {
    /// Since 1970.
    static var milliseconds: Int { Int(Date().milliseconds) }
}
