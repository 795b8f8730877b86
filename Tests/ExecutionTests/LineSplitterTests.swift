import Testing

@testable import Execution

@Suite struct LineSplitterTests {
    /// The lines of pieces that come one after another, and the rest.
    static func lines(_ pieces: [String]) -> ([String], String?) {
        var splitter = LineSplitter()
        var lines: [String] = []
        for piece in pieces { splitter.add(Array(piece.utf8)) { lines.append(String(decoding: $0, as: UTF8.self)) } }
        return (lines, splitter.finish().map { String(decoding: $0, as: UTF8.self) })
    }

    @Test func aLineThatComesInPiecesIsOneLine() {
        let (lines, rest) = Self.lines(["one\ntw", "o\n", "\nthree"])
        #expect(lines == ["one", "two", ""])
        #expect(rest == "three")
    }

    @Test func aLineWithoutAnEndIsCutAtTheLimit() {
        let (lines, rest) = Self.lines(Array(repeating: String(repeating: "x", count: 100_000), count: 6))
        #expect(lines.map(\.count) == [LineSplitter.longestLine, LineSplitter.longestLine])
        #expect(rest?.count == 600_000 - 2 * LineSplitter.longestLine)
    }
}
