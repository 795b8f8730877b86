/// One event of a log stream, as it is kept.
public struct LogEvent: Sendable, Hashable {
    /// AWS: the most bytes of an event are 1,048,576, of which 26 are not the message's.
    public static let messageLimit = (1 << 20) - overhead
    /// Bytes that an event counts beside its message (AWS: "PutLogEvents").
    public static let overhead = 26

    public var position: LogPosition
    /// Milliseconds since 1970.
    public var ingestionTime: Int
    public var message: [UInt8]

    /// Milliseconds since 1970.
    public var timestamp: Int { position.timestamp }
    /// Bytes as AWS counts them.
    public var size: Int { Self.size(ofMessage: message.count) }

    /// Bytes of an event as AWS counts them, by its message's bytes.
    public static func size(ofMessage count: Int) -> Int { count + overhead }
}

/// An event that is to be kept.
public struct NewLogEvent: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var timestamp: Int
    public var message: [UInt8]

    /// A message beyond ``LogEvent/messageLimit`` is cut, before a character that would be.
    public init(timestamp: Int, message: some Collection<UInt8>) {
        self.timestamp = timestamp
        guard message.count > LogEvent.messageLimit else {
            self.message = Array(message)
            return
        }
        let kept = Array(message.prefix(LogEvent.messageLimit + 1))
        var end = LogEvent.messageLimit
        while end > LogEvent.messageLimit - 4, kept[end] & 0xc0 == 0x80 { end -= 1 }
        self.message = Array(kept[..<end])
    }

    /// Bytes as AWS counts them.
    public var size: Int { LogEvent.size(ofMessage: message.count) }
}

/// Where an event stands among all others: by its time, and among those of one time by when it came.
public struct LogPosition: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970.
    public var timestamp: Int
    /// A number that no two events of a store share, above 0.
    public var sequence: Int

    public init(timestamp: Int, sequence: Int) {
        self.timestamp = timestamp
        self.sequence = sequence
    }

    /// Before all events from a time on.
    public static func start(of timestamp: Int) -> LogPosition { LogPosition(timestamp: timestamp, sequence: 0) }

    public static func < (one: LogPosition, other: LogPosition) -> Bool {
        (one.timestamp, one.sequence) < (other.timestamp, other.sequence)
    }

    /// The position as the 56 digits of AWS's event ids, which sort as positions do.
    public var text: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(max(number, 0))
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return padded(timestamp, 20) + padded(sequence, 36)
    }

    /// Nil for what is no position's text.
    public init?(text: String) {
        guard text.utf8.count == 56, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let timestamp = Int(text.prefix(20)),
            let sequence = Int(text.suffix(36))
        else { return nil }
        self.init(timestamp: timestamp, sequence: sequence)
    }
}
