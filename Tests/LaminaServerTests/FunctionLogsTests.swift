import Execution
import LambdaModel
import Logging
import Storage
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
            #expect((50..<90).contains(kept))
            #expect(messages.last == "\(100 - kept) log events were dropped: more came than could be written\n")
        }
    }
}
