import Foundation
import LambdaModel
import LaminaErrors
import Synchronization
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

    // MARK: What cannot be kept

    @Test func aGroupTooManyLosesNoOthersEvents() async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("s", (1, "one"))])
            try store.execute(
                """
                WITH RECURSIVE number (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
                INSERT INTO log_group (account, region, name, class, tags, created)
                SELECT '000000000000', 'us-east-1', 'g' || n, 'STANDARD', '{}', 0 FROM number
                """)
            var other = Self.batch("s", (2, "lost"))
            other.group.name = "another"
            var foreign = Self.batch("s", (2, "of another account"))
            foreign.group.scope.account = "111122223333"
            let losses = store.keep([other, Self.batch("s", (3, "kept")), foreign])
            #expect(losses.map(\.batch.group.name) == ["another"] && losses.first?.error.code == .limitExceeded)
            #expect(try Self.read(store).messages == ["one", "kept"])
            _ = try #require(try store.group(foreign.group))
        }
    }

    @Test func aFileThatCannotBeWrittenLosesItsOwnEventsOnly() async throws {
        try await Self.withStore { store, _ in
            let folder = store.files.path(1)
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
            let losses = store.keep([Self.batch("s", (1, "one"), (2, "two")), Self.batch("t", (3, "three"))])
            #expect(losses.map(\.batch.stream) == ["s"] && losses.first?.batch.events.map(\.timestamp) == [1, 2])
            #expect(try Self.read(store).messages == ["three"])
            try FileManager.default.removeItem(atPath: folder.string)
            try store.append([Self.batch("s", (4, "four"))])
            #expect(try Self.read(store).messages == ["three", "four"])
        }
    }

    @Test func aFileThatCannotBeReadKeepsNoStoreFromOpening() async throws {
        try await withTemporaryFolder { folder in
            let path: FilePath
            do {
                let store = try LogStore(folder, limit: 1 << 30)
                try store.append([Self.batch("s", (1, "one")), Self.batch("t", (2, "two"))])
                path = store.files.path(1)
            }
            try FileManager.default.removeItem(atPath: path.string)
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
            let store = try LogStore(folder, limit: 1 << 30)
            var query = LogQuery()
            query.streams = .named(["t"])
            #expect(try Self.read(store, query).messages == ["two"])
            try store.append([Self.batch("s", (3, "three"))])
            #expect(store.files.size(3) > 0)
        }
    }

    @Test func eventsOfAGroupThatWasDeletedMakeNone() async throws {
        try await Self.withStore { store, _ in
            let losses = store.keep([Self.batch("s", (1, "one"))], makesStreams: false)
            #expect(losses.first?.error.code == .notFound)
            let made = try store.group(Self.group)
            #expect(made == nil)
        }
    }

    @Test(arguments: ["segment", "log_stream"]) func anIndexThatFailsIsToldAsSuch(_ table: String) async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("s", (1, "one"))])
            let group = try #require(try store.group(Self.group))
            try store.execute("ALTER TABLE \(table) RENAME TO other")
            let errors = [
                #expect(throws: LaminaError.self) { try store.append([Self.batch("s", (2, "two"))]) },
                #expect(throws: LaminaError.self) { _ = try store.events(of: group, LogQuery()) },
                #expect(throws: LaminaError.self) { _ = try store.streams(of: group, limit: 1) },
                #expect(throws: LaminaError.self) { _ = try store.createStream("t", of: group) },
            ]
            #expect(errors.allSatisfy { $0?.code == .inputOutput })
        }
    }

    // MARK: Segments

    @Test func whatAnotherSegmentHasLeftInAFileDoesNotComeBack() async throws {
        try await withTemporaryFolder { folder in
            do {
                let store = try LogStore(folder, limit: 1 << 30)
                var old: [UInt8] = []
                for text in ["old1", "old2"] {
                    LogRecord.append(
                        LogEvent(position: LogPosition(timestamp: 1, sequence: 1), ingestionTime: 1, message: Array(text.utf8)), to: &old)
                }
                try store.files.path(1).write(old)
                try store.append([Self.batch("s", (1, "new1"))])
            }
            #expect(try Self.read(try LogStore(folder, limit: 1 << 30)).messages == ["new1"])
        }
    }

    @Test func aSegmentHasTheEventsOfAnHour() async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("s", (0, "one"))])
            try store.append([Self.batch("s", (3_600_000, "two"))])
            #expect(store.files.size(2) == 0)
            try store.append([Self.batch("s", (3_600_001, "three"))])
            #expect(store.files.size(2) > 0)
            #expect(try Self.read(store).messages == ["one", "two", "three"])
        }
    }

    @Test func aSegmentThatNothingIsWrittenToEnds() async throws {
        try await Self.withStore { store, _ in
            try store.append([Self.batch("idle", (1, "one")), Self.batch("busy", (2, "two"))])
            try store.execute("UPDATE log_stream SET last_ingestion = 0 WHERE name = 'idle'")
            try store.sweep()
            try store.append([Self.batch("idle", (3, "three")), Self.batch("busy", (4, "four"))])
            #expect(store.files.size(3) > 0 && store.files.size(4) == 0)
            #expect(try Self.read(store).messages == ["one", "two", "three", "four"])
        }
    }

    @Test func noMoreGoesThanTheLimitAsks() async throws {
        try await Self.withStore(limit: 1 << 20) { store, _ in
            for number in 0..<300 { try store.append([Self.batch("s\(number)", (number, "small"))]) }
            // Of a block each.
            #expect(try Self.read(store).messages.count == (1 << 20) / 4096)
        }
    }

    @Test func ofTooManyStreamsWithoutEventsTheOldestGo() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30, emptyStreams: 3)
            try store.append([Self.batch("used", (1, "one"))])
            let group = try #require(try store.group(Self.group))
            for number in 1...5 { #expect(try store.createStream("s\(number)", of: group)) }
            try store.append([Self.batch("also used", (2, "two"))])
            #expect(try store.streams(of: group, limit: 10).map(\.name) == ["also used", "s3", "s4", "s5", "used"])
        }
    }

    @Test func aPageMissesNothingWhileEventsAreWritten() async throws {
        try await Self.withStore { store, _ in
            for number in 0..<70 { try store.append([Self.batch("s\(number)", (10 + number, "\(number)"))]) }
            let isFirst = Mutex(true)
            var query = LogQuery()
            query.matches = { _ in
                guard
                    isFirst.withLock({ state in
                        defer { state = false }; return state
                    })
                else { return true }
                // The last segment's first event is now before all others.
                let written = DispatchGroup()
                DispatchQueue.global().async(group: written) { try? store.append([Self.batch("s69", (1, "before"))]) }
                written.wait()
                return true
            }
            #expect(try Self.read(store, query).messages == (0..<70).map(String.init))
        }
    }

    @Test func theIndexIsItsUsersAlone() async throws {
        try await Self.withStore { _, folder in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending("index.sqlite").string)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
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
