import Execution
import Foundation
import LambdaModel
import Logging
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import LaminaServer

@Suite struct FunctionLogsTests {
    static let stream = LogStreamName(
        scope: Scope(account: "000000000000", region: "us-east-1"), group: "/aws/lambda/f", stream: "2026/01/01/[$LATEST]0")

    /// The messages that a store has of the stream's group.
    static func messages(_ store: LogStore) throws -> [String] {
        guard let group = try store.group(LogGroupName(scope: stream.scope, name: stream.group)) else { return [] }
        var query = LogQuery()
        query.byteLimit = .max / 4
        return try store.events(of: group, query).events.map { String(decoding: $0.event.message, as: UTF8.self) }
    }

    static func line(_ text: String) -> LogLine { LogLine(timestamp: 1_700_000_000_000, message: Array(text.utf8)) }

    @Test func whatIsWrittenUntilTheEndIsKept() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30)
            let logs = FunctionLogs(store, logger: Logger(label: "test"))
            async let run: Void = logs.run()
            for number in 0..<100 { logs.write([Self.line("\(number)")], of: Self.stream) }
            logs.finish()
            await run
            #expect(try Self.messages(store) == (0..<100).map { "\($0)\n" })
        }
    }

    @Test func whatIsMoreThanCanWaitIsDroppedAndTold() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30)
            let logs = FunctionLogs(store, logger: Logger(label: "test"))
            let text = String(repeating: "x", count: 100_000)
            for _ in 0..<100 { logs.write([Self.line(text)], of: Self.stream) }
            logs.finish()
            await logs.run()
            let messages = try Self.messages(store)
            let kept = messages.filter { $0.hasPrefix("xxx") }.count
            // Of 8 MB that may wait, a function's are a quarter.
            #expect((15..<22).contains(kept))
            #expect(messages.last == "\(100 - kept) log events were dropped: more came than could be written\n")
        }
    }

    @Test func aFloodCostsOthersNothing() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30)
            let logs = FunctionLogs(store, logger: Logger(label: "test"))
            var flood = Self.stream
            flood.group = "/aws/lambda/flood"
            let text = String(repeating: "x", count: 100_000)
            for number in 0..<100 {
                flood.stream = "\(number % 5)"
                logs.write([Self.line(text)], of: flood)
            }
            logs.write([Self.line("said")], of: Self.stream)
            logs.finish()
            await logs.run()
            #expect(try Self.messages(store) == ["said\n"])
        }
    }

    @Test func whatComesAfterTheEndIsWrittenAtLast() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30)
            let logs = FunctionLogs(store, logger: Logger(label: "test"))
            logs.finish()
            await logs.run()
            logs.write([Self.line("late")], of: Self.stream)
            await logs.flush()
            #expect(try Self.messages(store) == ["late\n"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func linesThatCannotBeWrittenAreToldWithoutAnyThatFollow() async throws {
        try await withTemporaryFolder { folder in
            let store = try LogStore(folder, limit: 1 << 30)
            let logs = FunctionLogs(store, logger: Logger(label: "test"))
            let file = folder.appending("segments/01/1")
            try FileManager.default.createDirectory(atPath: file.string, withIntermediateDirectories: false)
            logs.write([Self.line("one"), Self.line("two")], of: Self.stream)
            // Twice, so that what was to be told of the first time fails too.
            await logs.flush()
            await logs.flush()
            try FileManager.default.removeItem(atPath: file.string)
            async let run: Void = logs.run()
            while try Self.messages(store).isEmpty { await Task.yield() }
            logs.finish()
            await run
            #expect(try Self.messages(store) == ["2 log events were lost: they could not be written\n"])
        }
    }
}
