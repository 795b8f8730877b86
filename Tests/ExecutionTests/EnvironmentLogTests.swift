import Synchronization
import Testing

@testable import Execution

#if canImport(Glibc)
import Glibc
#endif

@Suite struct EnvironmentLogTests {
    /// Writes to a pipe whose writers stay, and gives what the log has of it after the body.
    private static func lines(_ text: String, _ body: (EnvironmentLog, inout OutputPipe?) -> Void) -> [String] {
        var ends: [CInt] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { close(ends[1]) }
        let seen = Mutex<[String]>([])
        let log = EnvironmentLog()
        log.observe { event in
            if case .output(_, let line) = event.body { seen.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        }
        var output: OutputPipe? = OutputPipe(ends[0], of: .extension("e"), to: log)
        #expect(write(ends[1], text, text.utf8.count) == text.utf8.count)
        body(log, &output)
        return withExtendedLifetime(output) { seen.withLock { $0 } }
    }

    @Test func theLastLineIsThereThoughItsWriterWasKilled() {
        #expect(Self.lines("first\nlast") { _, output in output = nil } == ["first", "last"])
        #expect(Self.lines("first\nlast") { log, _ in log.finish() } == ["first", "last"])
    }

    @Test func aLineThatMayGoOnIsNotEnded() {
        #expect(Self.lines("first\nla") { log, _ in log.drain() } == ["first"])
    }
}
