import Checksum

/// A message of `application/vnd.amazon.eventstream`: headers and a payload, each part with its CRC (AWS: "Amazon Transcribe: event stream
/// encoding").
public struct EventStreamMessage: Sendable, Hashable {
    /// The event's name, as in `PayloadChunk`.
    public var event: String
    public var contentType: String
    public var payload: [UInt8]

    public init(event: String, contentType: String, payload: [UInt8]) {
        self.event = event
        self.contentType = contentType
        self.payload = payload
    }

    /// Total length, length of the headers, their CRC; the headers; the payload; the CRC of all.
    public var bytes: [UInt8] {
        var headers: [UInt8] = []
        for (name, value) in [(":event-type", event), (":content-type", contentType), (":message-type", "event")] {
            headers.append(UInt8(truncatingIfNeeded: name.utf8.count))
            headers += name.utf8
            headers.append(Self.stringType)
            headers += UInt16(truncatingIfNeeded: value.utf8.count).bigEndianBytes
            headers += value.utf8
        }
        var message = UInt32(16 + headers.count + payload.count).bigEndianBytes + UInt32(headers.count).bigEndianBytes
        message += Self.crc(message)
        message += headers
        message += payload
        return message + Self.crc(message)
    }

    /// The type of a header whose value is a text.
    private static let stringType: UInt8 = 7

    private static func crc(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { CyclicRedundancyCheck.crc32($0) }.bigEndianBytes
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
