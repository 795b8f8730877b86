import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import Storage

@Suite struct LogStoreTests {
    static let group = LogGroupName(scope: Scope(account: "000000000000", region: "us-east-1"), name: "/aws/lambda/f")

    static func withStore(limit: Int = 1 << 30, _ body: (LogStore, FilePath) throws -> Void) async throws {
        try await withTemporaryFolder { try body(try LogStore($0, limit: limit), $0) }
    }

    static func batch(_ stream: String, _ events: (Int, String)...) -> LogBatch {
        LogBatch(group: group, stream: stream, events: events.map { NewLogEvent(timestamp: $0.0, message: $0.1.utf8) })
    }

    /// The messages of a query's pages, one after the other, and how many pages there are.
    static func read(_ store: LogStore, _ query: LogQuery = LogQuery()) throws -> (messages: [String], pages: Int) {
        guard let group = try store.group(group) else { return ([], 0) }
        var (query, messages, pages) = (query, [String](), 0)
        while true {
            let page = try store.events(of: group, query)
            messages += page.events.map { String(decoding: $0.event.message, as: UTF8.self) }
            pages += 1
            guard let next = page.next else { return (messages, pages) }
            if query.isDescending { query.upper = next } else { query.lower = next }
        }
    }

    @Test func eventsOfAllStreamsComeByTheirTimes() async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("a", (10, "first"), (30, "third")), Self.batch("b", (20, "second"), (30, "fourth"))])
            // Later to come, and earlier by its time.
            try store.append([Self.batch("a", (5, "before"))])
            #expect(try Self.read(store).messages == ["before", "first", "second", "third", "fourth"])
            var query = LogQuery()
            query.isDescending = true
            #expect(try Self.read(store, query).messages == ["fourth", "third", "second", "first", "before"])
            query.streams = .named(["b"])
            #expect(try Self.read(store, query).messages == ["fourth", "second"])
        }
    }

    @Test(arguments: [false, true]) func pagesLoseAndRepeatNothing(_ isDescending: Bool) async throws {
        try await Self.withStore(limit: 1 << 22) { store, _ in
            // Several segments, whose times overlap.
            var expected: [(Int, String)] = []
            for round in 0..<40 {
                let events = (0..<50).map { index in (round % 7 * 10 + index, "\(round)-\(index)-" + String(repeating: "x", count: 200)) }
                try store.append([
                    LogBatch(
                        group: Self.group, stream: "s\(round % 3)",
                        events: events.map { NewLogEvent(timestamp: $0.0, message: $0.1.utf8) })
                ])
                expected += events
            }
            var query = LogQuery()
            query.isDescending = isDescending
            query.limit = 33
            query.searchLimit = 100_000
            let all = try Self.read(store, query)
            #expect(all.messages.count == expected.count && Set(all.messages) == Set(expected.map(\.1)))
            let times = Dictionary(uniqueKeysWithValues: expected.map { ($0.1, $0.0) })
            let order = all.messages.compactMap { times[$0] }
            #expect(order == order.sorted(by: isDescending ? (>) : (<)))
            query.byteLimit = 2000
            query.limit = 10_000
            let small = try Self.read(store, query)
            #expect(small.messages == all.messages && small.pages > expected.count / 10)
        }
    }

    @Test func aSearchEndsItsPageAndGoesOnWhereItStopped() async throws {
        try await Self.withStore(limit: 1 << 22) { store, _ in
            for time in 0..<20 {
                try store.append([Self.batch("s", (time, String(repeating: "x", count: 30_000))), Self.batch("s", (time, "\(time)"))])
            }
            var query = LogQuery()
            query.searchLimit = 1
            query.matches = { $0.count < 3 }
            let found = try Self.read(store, query)
            #expect(found.messages == (0..<20).map(String.init))
            #expect(found.pages > 5)
        }
    }

    @Test func aTornTailIsCutAndWholeEventsStay() async throws {
        try await withTemporaryFolder { folder in
            let path: FilePath
            do {
                let store = try LogStore(folder, limit: 1 << 30)
                try store.append([Self.batch("s", (1, "one"), (2, "two"))])
                path = store.files.path(1)
            }
            let whole = try path.read()
            var event: [UInt8] = []
            LogRecord.append(
                LogEvent(position: LogPosition(timestamp: 3, sequence: 1 << 62), ingestionTime: 9, message: Array("three".utf8)), to: &event
            )
            // A whole event that the index was not told of any more, and a part of another.
            try path.write(whole + event + event.dropLast())
            let store = try LogStore(folder, limit: 1 << 30)
            #expect(try Self.read(store).messages == ["one", "two", "three"])
            #expect(try path.read() == whole + event)
            let group = try #require(try store.group(Self.group))
            #expect(group.storedBytes == whole.count + event.count)
            #expect(try store.stream("s", of: group)?.lastEvent == 3)
            try store.append([Self.batch("s", (4, "four"))])
            #expect(try Self.read(store).messages == ["one", "two", "three", "four"])
        }
    }

    @Test func aFlippedBitEndsASegmentAndNothingElse() async throws {
        try await withTemporaryFolder { folder in
            do {
                let store = try LogStore(folder, limit: 1 << 30)
                try store.append([Self.batch("s", (1, "one"), (2, "two")), Self.batch("t", (3, "three"))])
                var bytes = try store.files.path(1).read()
                bytes[bytes.count - 1] ^= 1
                try store.files.path(1).write(bytes)
                #expect(try Self.read(store).messages == ["one", "three"])
            }
            #expect(try Self.read(try LogStore(folder, limit: 1 << 30)).messages == ["one", "three"])
        }
    }

    @Test func theOldestEventsGoWhenTheLimitIsReached() async throws {
        try await Self.withStore(limit: 1 << 20) { store, folder in
            for number in 0..<60 {
                try store.append([Self.batch("s\(number)", (number, "\(number) " + String(repeating: "x", count: 50_000)))])
            }
            let numbers = try Self.read(store).messages.compactMap { Int($0.prefix { $0 != " " }) }
            #expect(numbers == Array(numbers[0]..<60) && (10...25).contains(numbers.count))
            let group = try #require(try store.group(Self.group))
            #expect(try store.streams(of: group, limit: 100).count == numbers.count)
            let files = FileManager.default.enumerator(atPath: folder.appending("segments").string)?.compactMap { $0 as? String } ?? []
            #expect(files.filter { $0.contains("/") }.count == numbers.count)
        }
    }

    @Test func eventsOlderThanTheRetentionAreHiddenAndThenRemoved() async throws {
        try await Self.withStore { store, folder in
            let now = LogStore.now
            try store.append([
                Self.batch("old", (now - 2 * 86_400_000, "old")), Self.batch("mixed", (now - 2 * 86_400_000, "old"), (now, "new")),
            ])
            _ = try store.setRetention(1, of: Self.group)
            #expect(try Self.read(store).messages == ["new"])
            let group = try #require(try store.group(Self.group))
            #expect(try store.streams(of: group, limit: 10).map(\.name) == ["mixed", "old"])
            try store.sweep()
            #expect(try store.streams(of: group, limit: 10).map(\.name) == ["mixed"])
            #expect(store.files.size(1) == 0 && store.files.size(2) > 0)
            #expect(try Self.read(store).messages == ["new"])
        }
    }

    @Test func aDeletedGroupTakesItsFilesWithItAndNoNumberComesBack() async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("s", (1, "one"))])
            #expect(try store.deleteGroup(Self.group))
            #expect(try !store.deleteGroup(Self.group))
            #expect(store.files.size(1) == 0)
            try store.append([Self.batch("s", (2, "two"))])
            #expect(store.files.size(1) == 0 && store.files.size(2) > 0)
            #expect(try Self.read(store).messages == ["two"])
        }
    }

    @Test func aLongMessageIsCutBeforeACharacter() {
        let long = String(repeating: "x", count: LogEvent.messageLimit - 1) + "é"
        let event = NewLogEvent(timestamp: 1, message: long.utf8)
        #expect(event.message.count == LogEvent.messageLimit - 1 && event.size == 1_048_575)
        #expect(NewLogEvent(timestamp: 1, message: long.utf8.dropLast(2)).message.count == LogEvent.messageLimit - 1)
    }

    @Test func aPositionsTextSortsAsPositionsDo() throws {
        let positions = [(0, 1), (5, 1 << 40), (5, 1 << 60), (1_700_000_000_000, 1)].map { LogPosition(timestamp: $0.0, sequence: $0.1) }
        #expect(positions.map(\.text) == positions.map(\.text).sorted())
        #expect(positions.map { LogPosition(text: $0.text) } == positions)
        #expect(LogPosition(text: "1") == nil && LogPosition(text: String(repeating: "9", count: 56)) == nil)
    }
}
