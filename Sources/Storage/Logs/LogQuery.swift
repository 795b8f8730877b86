/// Which events of a group are asked for, and how many of them.
public struct LogQuery: Sendable {
    /// The group's streams that are searched.
    public enum Streams: Sendable {
        case all
        case named([String])
        case prefixed(String)
    }

    public var streams = Streams.all
    /// Events behind this position.
    public var lower = LogPosition(timestamp: -1, sequence: 0)
    /// Events before this position.
    public var upper = LogPosition(timestamp: .max, sequence: .max)
    /// From the last to the first.
    public var isDescending = false
    /// The most events of a page.
    public var limit = 10_000
    /// The most bytes of a page's events, as AWS counts them; the first is given however large it is.
    public var byteLimit = 1 << 20
    /// Bytes after whose search a page ends, with what it has.
    public var searchLimit = 32 << 20
    /// Which messages are wanted; nil for all.
    public var matches: (@Sendable ([UInt8]) -> Bool)?

    public init() {}
}

/// What a query finds.
public struct LogPage: Sendable {
    /// An event and its stream.
    public struct Element: Sendable {
        public var stream: String
        public var event: LogEvent
    }

    /// In the query's order.
    public var events: [Element]
    /// Where the next page begins: the query's `lower`, or `upper` where it descends; nil when there is none.
    public var next: LogPosition?
}

/// Keeps the first events of a query's order, whatever order they come in.
struct LogPageCollector {
    private let query: LogQuery
    private var elements: [LogPage.Element] = []
    private var bytes = 0
    /// The last event that has its place in the page, once it is full.
    private(set) var boundary: LogPosition?
    /// Whether there are more events than the page has.
    private(set) var hasMore = false

    init(_ query: LogQuery) { self.query = query }

    /// Finds the boundary, where there is one yet.
    mutating func settle() {
        if elements.count >= query.limit || bytes >= query.byteLimit { trim() }
    }

    /// Whether an event at a position would be one of the page's, as far as can be told; one that is not may be the next page's.
    mutating func wants(_ position: LogPosition) -> Bool {
        guard let boundary, !comesFirst(position, boundary) else { return true }
        hasMore = true
        return false
    }

    mutating func add(_ element: LogPage.Element) {
        elements.append(element)
        bytes += element.event.size
        if elements.count >= 2 * query.limit || bytes >= 2 * query.byteLimit { trim() }
    }

    /// The page's events that come before a position, in order.
    mutating func finish(before end: LogPosition?) -> [LogPage.Element] {
        trim()
        guard let end else { return elements }
        return elements.filter { comesFirst($0.event.position, end) }
    }

    private mutating func trim() {
        let isDescending = query.isDescending
        elements.sort { Self.comesFirst($0.event.position, $1.event.position, isDescending) }
        var count = 0
        bytes = 0
        for element in elements.prefix(query.limit) {
            let size = element.event.size
            guard count == 0 || bytes + size <= query.byteLimit else { break }
            bytes += size
            count += 1
        }
        if count < elements.count {
            hasMore = true
            elements.removeLast(elements.count - count)
        }
        boundary = hasMore || count == query.limit ? elements.last?.event.position : nil
    }

    private func comesFirst(_ one: LogPosition, _ other: LogPosition) -> Bool { Self.comesFirst(one, other, query.isDescending) }

    private static func comesFirst(_ one: LogPosition, _ other: LogPosition, _ isDescending: Bool) -> Bool {
        isDescending ? one > other : one < other
    }
}
