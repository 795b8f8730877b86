import LaminaErrors
import SystemPackage
import TestSupport
import Testing
import ZipArchive

/// What a zip's directory says of its entries is checked against the entries themselves.
@Suite struct ZipVerifyTests {
    struct Entry: Sendable, CustomTestStringConvertible {
        var size: Int
        var method: String
        var testDescription: String { "\(method), \(size) bytes" }
    }

    static let entries = [100, 3_000_000].flatMap { size in ["ZIP_STORED", "ZIP_DEFLATED"].map { Entry(size: size, method: $0) } }

    /// A zip of one entry of words, patched by a program that sees `data`, `start` and `end` of the entry's bytes, and `central`.
    static func make(_ entry: Entry, _ zip: FilePath, _ patch: String) async throws {
        let output = try await Tool.python(
            """
            import struct, sys, zipfile
            size = int(sys.argv[2])
            words = (b"".join(b"%x " % (i * i) for i in range(size // 4 + 40)))[:size]
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.\(entry.method)) as archive:
                archive.writestr("python/words.txt", words)
                info = archive.getinfo("python/words.txt")
            data = bytearray(open(sys.argv[1], "rb").read())
            start = 30 + len("python/words.txt")
            end = start + info.compress_size
            central = data.index(b"PK\\x01\\x02")
            \(patch)
            open(sys.argv[1], "wb").write(data)
            """, [zip.string, String(entry.size)])
        try #require(output.isSuccess, "\(output.error)")
    }

    @Test(arguments: entries) func whatIsWholePasses(_ entry: Entry) async throws {
        try await withTemporaryFolder { folder in
            try await Self.make(entry, folder.appending("x.zip"), "pass")
            try ZipReader(folder.appending("x.zip")).verifyContents()
        }
    }

    @Test(
        arguments: entries,
        [
            "data[(start + end) // 2] ^= 0x55", "data[central + 16] ^= 1", "data[central + 24:central + 28] = struct.pack('<I', size - 9)",
            "data[central + 24:central + 28] = struct.pack('<I', size + 9)",
        ])
    func whatIsDamagedOrDeclaredWronglyIsNamed(_ entry: Entry, _ patch: String) async throws {
        try await withTemporaryFolder { folder in
            try await Self.make(entry, folder.appending("x.zip"), patch)
            let error = #expect(throws: LaminaError.self) { try ZipReader(folder.appending("x.zip")).verifyContents() }
            #expect(error.map { [.corrupt, .unsafe].contains($0.code) } == true)
            #expect(error?.message.contains("python/words.txt") == true)
        }
    }
}
