import Foundation
import LambdaModel

/// The records that wait for one subscriber, batch by batch. No I/O.
///
/// There is one batch that grows and one that is full at most; what comes beyond is dropped and counted.
struct TelemetryBuffer: Sendable {
    private struct Batch {
        var records: [[UInt8]] = []
        var bytes = 0
        var begin: ContinuousClock.Instant?
    }

    private let limits: TelemetrySubscription.Buffering
    private var full: Batch?
    private var growing = Batch()
    private var droppedRecords = 0
    private var droppedBytes = 0

    init(_ limits: TelemetrySubscription.Buffering) { self.limits = limits }

    /// Adds a record; gives whether the reader has to look, because a batch has begun or is full.
    mutating func add(_ record: [UInt8], at now: ContinuousClock.Instant = .now) -> Bool {
        if isFull(growing) || growing.bytes + record.count > limits.maxBytes, !growing.records.isEmpty {
            guard full == nil else {
                drop(records: 1, bytes: record.count)
                return false
            }
            full = growing
            growing = Batch()
        }
        if growing.records.isEmpty { growing.begin = now }
        growing.records.append(record)
        growing.bytes += record.count
        return growing.records.count == 1 || isFull(growing)
    }

    /// Counts what will never be sent.
    mutating func drop(records: Int, bytes: Int) {
        droppedRecords += records
        droppedBytes += bytes
    }

    /// When the next batch is due.
    var due: ContinuousClock.Instant? {
        if let full { return full.begin }
        return isFull(growing) ? growing.begin : growing.begin.map { $0 + limits.timeout }
    }

    /// Takes the next batch that is due, with what was dropped in between at its head.
    ///
    /// - Parameter now: Nil to take whatever there is.
    mutating func take(at now: ContinuousClock.Instant?) -> [[UInt8]]? {
        var records: [[UInt8]]
        if let full {
            records = full.records
            self.full = nil
        } else {
            guard !growing.records.isEmpty, let due, now.map({ due <= $0 }) ?? true else { return nil }
            records = growing.records
            growing = Batch()
        }
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
