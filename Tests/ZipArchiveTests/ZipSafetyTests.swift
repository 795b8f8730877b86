import Foundation
import LaminaErrors
import SystemPackage
import TestSupport
import Testing
import ZipArchive

/// What a hostile zip must not do.
@Suite struct ZipSafetyTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var name: String
        /// Python that writes entries to `archive`.
        var program: String
        var code: LaminaError.Code
        var testDescription: String { name }
    }

    static let attacks = [
        Attack(name: "../escape", program: "archive.writestr('../escape', b'x')", code: .unsafe),
        Attack(name: "a/../../escape", program: "archive.writestr('a/../../escape', b'x')", code: .unsafe),
        // A combining accent makes one Character of the slash and itself; the kernel still sees a slash.
        Attack(name: "../\u{301}x", program: "archive.writestr('../\\u0301x', b'x')", code: .unsafe),
        Attack(name: "around", program: "link('a/b/up', '../..'); link('around', 'a/b/up/..')", code: .unsafe),
        Attack(name: "long", program: "archive.writestr('long' * 2000, b'x')", code: .unsafe),
        Attack(name: "/absolute", program: "i = zipfile.ZipInfo('x'); i.filename = '/absolute'; archive.writestr(i, b'x')", code: .unsafe),
        Attack(name: "twice", program: "archive.writestr('twice', b'1'); archive.writestr('twice', b'2')", code: .unsafe),
        Attack(name: "file", program: "archive.writestr('file', b'1'); archive.writestr('file/below', b'2')", code: .unsafe),
        Attack(name: "link", program: "link('link', '../../outside')", code: .unsafe),
        Attack(name: "rooted", program: "link('rooted', '/etc/passwd')", code: .unsafe),
        Attack(name: "below", program: "link('below', '/opt/../etc/passwd')", code: .unsafe),
        Attack(name: "through", program: "link('through', 'elsewhere'); archive.writestr('through/x', b'1')", code: .unsafe),
        Attack(name: "device", program: "special('device', 0o060644)", code: .unsafe),
        Attack(name: "pipe", program: "special('pipe', 0o010644)", code: .unsafe),
        Attack(
            name: "back\\slash", program: "i = zipfile.ZipInfo('x'); i.filename = 'back\\\\slash'; archive.writestr(i, b'x')", code: .unsafe
        ),
        Attack(name: "lzma", program: "archive.writestr('lzma', b'x' * 99, zipfile.ZIP_LZMA)", code: .unsupported),
        Attack(name: "bzip2", program: "archive.writestr('bzip2', b'x' * 99, zipfile.ZIP_BZIP2)", code: .unsupported),
    ]

    static func make(_ program: String, _ zip: FilePath, after patch: String = "") async throws {
        let output = try await Tool.python(
            """
            import sys, warnings, zipfile
            warnings.simplefilter("ignore")
            def special(name, mode, data=b""):
                info = zipfile.ZipInfo(name)
                info.create_system = 3
                info.external_attr = mode << 16
                archive.writestr(info, data)
            def link(name, target):
                special(name, 0o120777, target.encode())
            with zipfile.ZipFile(sys.argv[1], "w") as archive:
                \(program)
            \(patch.isEmpty ? "" : "data = bytearray(open(sys.argv[1], 'rb').read()); \(patch); open(sys.argv[1], 'wb').write(data)")
            """, [zip.string])
        try #require(output.isSuccess, "\(output.error)")
    }

    /// Extracts a zip and expects to be refused, with nothing written outside.
    static func expectRefusal(_ zip: FilePath, in folder: FilePath, _ code: LaminaError.Code, naming name: String?) async throws {
        let target = folder.appending("deep/target")
        try FileManager.default.createDirectory(atPath: target.string, withIntermediateDirectories: true)
        let error = await #expect(throws: LaminaError.self) { try await ZipExtractor().extract(try ZipReader(zip), to: target) }
        #expect(error?.code == code)
        if let name { #expect(error?.message.contains(name) == true, "\(error?.message ?? "")") }
        #expect(try folder.list() == ["bad.zip", "deep"])
        #expect(try folder.appending("deep").list() == ["target"])
    }

    @Test(arguments: attacks) func everyAttackIsRefusedByName(_ attack: Attack) async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            try await Self.make(attack.program, zip)
            try await Self.expectRefusal(zip, in: folder, attack.code, naming: attack.name)
        }
    }

    @Test func anEncryptedEntryIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("secret.txt").write("hidden")
            try await Tool.run("zip", ["-q", "-P", "password", "bad.zip", "secret.txt"], in: folder)
            try FileManager.default.removeItem(atPath: folder.appending("secret.txt").string)
            try await Self.expectRefusal(folder.appending("bad.zip"), in: folder, .unsupported, naming: "secret.txt")
        }
    }

    @Test func anEntryThatInflatesToMoreThanItDeclaresIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            // The central directory's size field says 1,000 of 1,000,000 bytes.
            try await Self.make(
                "archive.writestr('bomb', bytes(1000000), zipfile.ZIP_DEFLATED)", zip,
                after: "at = data.rindex(b'PK\\x01\\x02'); data[at + 24:at + 28] = (1000).to_bytes(4, 'little')")
            try await Self.expectRefusal(zip, in: folder, .unsafe, naming: "bomb")
        }
    }

    @Test func aSizeThatDeflateCannotReachIsRefusedBeforeMemoryIsTaken() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            try await Self.make(
                "archive.writestr('bomb', bytes(1000), zipfile.ZIP_DEFLATED)", zip,
                after: "at = data.rindex(b'PK\\x01\\x02'); data[at + 24:at + 28] = (0xfffffff0).to_bytes(4, 'little')")
            try await Self.expectRefusal(zip, in: folder, .unsafe, naming: "bomb")
        }
    }

    @Test func entriesThatShareTheirBytesAreRefused() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            // A second record for the same local entry: what is read grows, what is stored does not.
            try await Self.make(
                "archive.writestr('same', bytes(range(256)) * 8)", zip,
                after:
                    "at = data.rindex(b'PK\\x01\\x02'); end = data.rindex(b'PK\\x05\\x06'); again = bytearray(data[at:end]); again[46:50] = b'twin'; tail = bytearray(data[end:]); tail[8:12] = b'\\x02\\0\\x02\\0'; tail[12:16] = (2 * (end - at)).to_bytes(4, 'little'); data = data[:end] + again + tail"
            )
            try await Self.expectRefusal(zip, in: folder, .unsafe, naming: "twin")
        }
    }

    @Test func damagedDataIsNoticed() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            try await Self.make("archive.writestr('stored', b'hello')", zip, after: "data[data.index(b'hello')] = 72")
            try await Self.expectRefusal(zip, in: folder, .corrupt, naming: "stored")
        }
    }

    @Test func theTotalSizeIsLimited() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("bad.zip")
            try await Self.make("archive.writestr('zeros', bytes(100000), zipfile.ZIP_DEFLATED)", zip)
            let error = await #expect(throws: LaminaError.self) {
                try await ZipExtractor(totalSizeLimit: 99_999).extract(try ZipReader(zip), to: folder.appending("target"))
            }
            #expect(error?.code == .limitExceeded)
            #expect(throws: LaminaError.self) { try ZipReader(zip, limits: .init(totalSize: 99_999)) }
        }
    }

    @Test func everyTruncationAndChangedByteIsAnErrorAtMost() async throws {
        try await withTemporaryFolder { folder in
            let good = folder.appending("good.zip")
            _ = try await ZipWriter().write(ZipInteropTests.contents.filter { $0.size < 10_000 }, to: good)
            let bytes = try good.read()
            let zip = folder.appending("bad.zip")
            // Every fourth truncation, and one changed byte in every third place: none may trap.
            for length in stride(from: 0, to: bytes.count, by: 4) {
                try zip.write(Array(bytes[..<length]))
                #expect(throws: LaminaError.self) { try ZipReader(zip) }
            }
            for index in stride(from: 0, to: bytes.count, by: 3) {
                var changed = bytes
                changed[index] ^= 0xff
                try zip.write(changed)
                guard let reader = try? ZipReader(zip) else { continue }
                for entry in reader.entries { _ = try? reader.read(entry) }
            }
        }
    }

    @Test func theWriterRefusesWhatTheReaderWould() async throws {
        try await withTemporaryFolder { folder in
            for content in [
                ZipContent(path: "../x", source: .bytes([])), ZipContent(path: "x", source: .symbolicLink("../y")),
                ZipContent(path: "/x", source: .bytes([])),
            ] {
                await #expect(throws: LaminaError.self) { try await ZipWriter().write([content], to: folder.appending("x.zip")) }
            }
        }
    }
}
