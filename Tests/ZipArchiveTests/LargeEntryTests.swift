import SystemPackage
import TestSupport
import Testing

@testable import ZipArchive

@Suite struct LargeEntryTests {
    /// Entries beyond what is held in memory: one that deflates, and one that does not and is stored.
    @Test func entriesTooLargeToBeHeldAreWrittenPieceByPiece() async throws {
        try await withTemporaryFolder { folder in
            let size = MemoryBudget.largestEntry / 2 + 12_345
            let made = try await Tool.python(
                """
                import os, sys
                folder, size = sys.argv[1], int(sys.argv[2])
                for name in ["sparse", "random"]:
                    with open(f"{folder}/{name}", "wb") as file:
                        if name == "random":
                            piece = os.urandom(1 << 20)
                            while file.tell() < size:
                                file.write(piece[: size - file.tell()])
                                piece = piece[1:] + piece[:1]
                        file.truncate(size)
                """, [folder.string, "\(size)"])
            try #require(made.isSuccess, "\(made.error)")
            let contents = ["sparse", "random"].map { ZipContent(path: $0, source: .file(folder.appending($0), size: size)) }
            #expect(contents.count { $0.isStreamed } == 2)
            let zip = folder.appending("a.zip")
            let summary = try await ZipWriter().write(contents, to: zip)
            #expect(summary.totalSize == 2 * size)
            let output = try await Tool.python(
                """
                import sys, zipfile
                zip, folder = sys.argv[1:]
                with zipfile.ZipFile(zip) as archive:
                    for name in archive.namelist():
                        with archive.open(name) as entry, open(f"{folder}/{name}", "rb") as file:
                            while piece := file.read(1 << 20):
                                assert entry.read(1 << 20) == piece, name
                            assert not entry.read(1), name
                    print([entry.compress_type for entry in archive.infolist() if entry.filename == "sparse"])
                """, [zip.string, folder.string])
            #expect(output.text == "[8]\n", "\(output.error)")
            // Compressed anew from another zip, and nothing is left beside it.
            let reader = try ZipReader(zip)
            let again = reader.entries.map { ZipContent(path: $0.path, source: .recompressed(reader, $0)) }
            let second = try await ZipWriter().write(again, to: folder.appending("b.zip"))
            #expect(second.totalSize == summary.totalSize)
            try ZipReader(folder.appending("b.zip")).verifyContents()
            #expect(try folder.list() == ["a.zip", "b.zip", "random", "sparse"])
        }
    }

    @Test func aBudgetIsNeverExceededAndAlwaysGivenBack() async throws {
        let budget = MemoryBudget(10 << 20)
        for size in [4, 10, 20, 3, 7, 1, 9].map({ $0 << 20 }) {
            async let first = budget.hold(size) { size }
            async let second = budget.hold(size) { size }
            let results = try await [first, second]
            #expect(results == [size, size])
        }
        await #expect(throws: CancellationError.self) { try await budget.hold(10 << 20) { throw CancellationError() } }
        let last = try await budget.hold(10 << 20) { 1 }
        #expect(last == 1)
    }
}
