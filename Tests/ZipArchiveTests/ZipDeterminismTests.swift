import Checksum
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@Suite struct ZipDeterminismTests {
    @Test func theOrderOfContentsDoesNotChangeTheBytes() async throws {
        try await withTemporaryFolder { folder in
            let a = folder.appending("a.zip"), b = folder.appending("b.zip")
            let first = try await ZipWriter().write(ZipInteropTests.contents, to: a)
            let second = try await ZipWriter().write(ZipInteropTests.contents.reversed(), to: b)
            #expect(try a.read() == b.read())
            #expect(first.digest == second.digest)
            #expect(first.digest == SHA256Digest(of: try a.read()))
            #expect(first.fileSize == (try a.read()).count)
        }
    }

    @Test func timesAreFixedAndNoneOfTheMachineIsWritten() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("a.zip")
            _ = try await ZipWriter().write(ZipInteropTests.contents, to: zip)
            let output = try await Tool.python(
                "import sys, zipfile; print({(i.date_time, i.create_system, i.extra) for i in zipfile.ZipFile(sys.argv[1]).infolist()})",
                [zip.string])
            #expect(output.text == "{((1980, 1, 1, 0, 0, 0), 3, b'')}\n")
        }
    }
}
