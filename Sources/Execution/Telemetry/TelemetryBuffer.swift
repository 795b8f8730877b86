import Foundation
import LambdaModel

/// The records that wait for one subscriber, batch by batch. No I/O.
///
/// There is one batch that grows and one that is full at most; what comes beyond is dropped and counted.
struct TelemetryBuffer: Sendable {
    private struct Batch {
        let begin: ContinuousClock.Instant
        var records: [[UInt8]] = []
        var bytes = 0
    }

    private let limits: TelemetrySubscription.Buffering
    /// The last one grows; one before it is full.
    private var batches: [Batch] = []
    private var droppedRecords = 0
    private var droppedBytes = 0

    init(_ limits: TelemetrySubscription.Buffering) { self.limits = limits }

    /// Adds a record; gives whether the reader has to look, because a batch has begun or is full.
    mutating func add(_ record: [UInt8], at now: ContinuousClock.Instant = .now) -> Bool {
        if let last = batches.last, isFull(last) || last.bytes + record.count > limits.maxBytes {
            guard batches.count == 1 else {
                drop(records: 1, bytes: record.count)
                return false
            }
            batches.append(Batch(begin: now))
        } else if batches.isEmpty {
            batches.append(Batch(begin: now))
        }
        let last = batches.count - 1
        batches[last].records.append(record)
        batches[last].bytes += record.count
        return batches[last].records.count == 1 || isFull(batches[last])
    }

    /// Counts what will never be sent.
    mutating func drop(records: Int, bytes: Int) {
        droppedRecords += records
        droppedBytes += bytes
    }

    /// When the next batch is due.
    var due: ContinuousClock.Instant? {
        batches.first.map { batches.count > 1 || isFull($0) ? $0.begin : $0.begin + limits.timeout }
    }

    /// Takes the next batch that is due, with what was dropped in between at its head.
    ///
    /// - Parameter now: Nil to take whatever there is.
    mutating func take(at now: ContinuousClock.Instant?) -> [[UInt8]]? {
        guard let due, now.map({ due <= $0 }) ?? true else { return nil }
        var records = batches.removeFirst().records
        if droppedRecords > 0 {
            records.insert(dropRecord(), at: 0)
            (droppedRecords, droppedBytes) = (0, 0)
        }
        return records
    }

    private func isFull(_ batch: Batch) -> Bool { batch.records.count >= limits.maxItems || batch.bytes >= limits.maxBytes }

    private func dropRecord() -> [UInt8] {
        let record: JSONValue = [
            "reason": "Consumer seems to have fallen behind as it has not acknowledged receipt of logs.",
            "droppedRecords": .integer(droppedRecords), "droppedBytes": .integer(droppedBytes),
        ]
        return JSONValue.event(at: Date(), type: "platform.logsDropped", record: record).bytes
    }
}
