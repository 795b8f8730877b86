/// Cuts what a process writes into lines. No I/O.
struct LineSplitter: Sendable {
    /// Bytes of the longest line; a longer one becomes several (CloudWatch Logs: an event is at most 256 KB with 26 bytes beside).
    static let longestLine = 262_144 - 26

    private var partial: [UInt8] = []

    /// Adds bytes and hands on each line that they end, without its newline.
    mutating func add(_ bytes: some RandomAccessCollection<UInt8>, _ line: ([UInt8]) -> Void) {
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[..<newline], line)
            line(partial)
            partial.removeAll(keepingCapacity: true)
            rest = rest[rest.index(after: newline)...]
        }
        append(rest, line)
    }

    /// The line that has no end yet, if there is one.
    mutating func finish() -> [UInt8]? {
        defer { partial = [] }
        return partial.isEmpty ? nil : partial
    }

    private mutating func append(_ bytes: some RandomAccessCollection<UInt8>, _ line: ([UInt8]) -> Void) {
        var rest = bytes[...]
        while partial.count + rest.count > Self.longestLine {
            let room = Self.longestLine - partial.count
            partial += rest.prefix(room)
            line(partial)
            partial.removeAll(keepingCapacity: true)
            rest = rest.dropFirst(room)
        }
        partial += rest
    }
}
