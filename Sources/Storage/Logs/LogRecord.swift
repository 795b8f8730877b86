import Checksum

/// An event as a segment file has it: its message's length and a CRC-32 of all that follows it (32 bits each), its time, the time it came
/// and its sequence number (64 bits each), and its message; little-endian.
enum LogRecord {
    static let headerSize = 32

    static func append(_ event: LogEvent, to output: inout [UInt8]) {
        var record: [UInt8] = []
        record.reserveCapacity(headerSize + event.message.count)
        append(UInt64(0), to: &record)
        append(UInt64(bitPattern: Int64(event.timestamp)), to: &record)
        append(UInt64(bitPattern: Int64(event.ingestionTime)), to: &record)
        append(UInt64(bitPattern: Int64(event.position.sequence)), to: &record)
        record += event.message
        let check = record.withUnsafeBytes { CyclicRedundancyCheck.crc32(UnsafeRawBufferPointer(rebasing: $0[8...])) }
        record.withUnsafeMutableBytes {
            $0.storeBytes(of: UInt32(event.message.count).littleEndian, toByteOffset: 0, as: UInt32.self)
            $0.storeBytes(of: check.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
        output += record
    }

    private static func append(_ value: UInt64, to output: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { output += $0 }
    }
}

/// Reads the records of a segment, one after the other, until their end or the first that is not whole.
struct LogRecordReader {
    /// A record whose message is still among the segment's bytes.
    struct Record {
        var position: LogPosition
        var ingestionTime: Int
        var message: Range<Int>
    }

    private let bytes: [UInt8]
    /// Bytes of the whole records so far.
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Record? {
        let header = offset
        guard bytes.count - header >= LogRecord.headerSize else { return nil }
        let record: Record? = bytes.withUnsafeBytes { bytes in
            func load<T: FixedWidthInteger>(_ place: Int, _: T.Type) -> T {
                T(littleEndian: bytes.loadUnaligned(fromByteOffset: header + place, as: T.self))
            }
            let end = header + LogRecord.headerSize + Int(load(0, UInt32.self))
            guard end <= bytes.count,
                CyclicRedundancyCheck.crc32(UnsafeRawBufferPointer(rebasing: bytes[(header + 8)..<end])) == load(4, UInt32.self)
            else { return nil }
            return Record(
                position: LogPosition(timestamp: Int(load(8, Int64.self)), sequence: Int(load(24, Int64.self))),
                ingestionTime: Int(load(16, Int64.self)), message: (header + LogRecord.headerSize)..<end)
        }
        if let record { offset = record.message.upperBound }
        return record
    }

    func event(_ record: Record) -> LogEvent {
        LogEvent(position: record.position, ingestionTime: record.ingestionTime, message: Array(bytes[record.message]))
    }
}
