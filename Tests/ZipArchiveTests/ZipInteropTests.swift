import Foundation
import SystemPackage
import TestSupport
import Testing
import ZipArchive

/// Our zips in the tools that people have, and theirs in ours.
@Suite struct ZipInteropTests {
    static let contents = [
        ZipContent(path: "bin/tool", isExecutable: true, source: .bytes(Array("#!/bin/sh\necho hi\n".utf8))),
        ZipContent(path: "python/ünïcode.txt", source: .bytes(Array("grüße".utf8))),
        ZipContent(path: "python/large.txt", source: .bytes(Array(repeating: UInt8(ascii: "x"), count: 300_000))),
        ZipContent(path: "python/random.bin", source: .bytes((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })),
        ZipContent(path: "python/empty.txt", source: .bytes([])),
        ZipContent(path: "lib/libx.so", source: .symbolicLink("libx.so.1")),
        ZipContent(path: "lib/libx.so.1", source: .bytes([1, 2, 3])),
        ZipContent(path: "hollow", source: .directory),
    ]

    /// What `contents` is on disk: path, permissions, size or target.
    static let expected = """
        bin/tool 755 18
        hollow 755 /
        lib/libx.so -> libx.so.1
        lib/libx.so.1 644 3
        python/empty.txt 644 0
        python/large.txt 644 300000
        python/random.bin 644 5000
        python/ünïcode.txt 644 7

        """

    /// Lists a folder's leaves in the form of `expected`.
    static func describe(_ folder: FilePath) async throws -> String {
        try await Tool.python(
            """
            import os, sys
            root = sys.argv[1]
            for folder, names, files in sorted(os.walk(root)):
                if not names and not files:
                    print(os.path.relpath(folder, root), oct(os.stat(folder).st_mode & 0o777)[2:], "/")
            leaves = sorted(os.path.join(f, n) for f, _, ns in os.walk(root) for n in ns)
            for path in leaves:
                name = os.path.relpath(path, root)
                if os.path.islink(path):
                    print(name, "->", os.readlink(path))
                else:
                    print(name, oct(os.stat(path).st_mode & 0o777)[2:], os.path.getsize(path))
            """, [folder.string]
        ).text.split(separator: "\n").sorted().joined(separator: "\n") + "\n"
    }

    @Test(arguments: ["unzip", "bsdtar", "python", "lamina"])
    func everyToolUnpacksWhatWeWrite(_ tool: String) async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("ours.zip")
            let target = folder.appending("target")
            try FileManager.default.createDirectory(atPath: target.string, withIntermediateDirectories: true)
            _ = try await ZipWriter().write(Self.contents, to: zip)
            switch tool {
            case "unzip": #expect(try await Tool.run("unzip", ["-q", zip.string, "-d", target.string]).isSuccess)
            case "bsdtar": #expect(try await Tool.run("bsdtar", ["-xpf", zip.string, "-C", target.string]).isSuccess)
            case "python":
                // zipfile keeps neither modes nor symlinks: here it proves contents and checks.
                let output = try await Tool.python(
                    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()), z.read('python/ünïcode.txt').decode())",
                    [zip.string])
                #expect(output.text == "None 8 grüße\n")
                return
            default: try await ZipExtractor().extract(try ZipReader(zip), to: target)
            }
            #expect(try await Self.describe(target) == Self.expected)
        }
    }

    @Test(arguments: ["zip", "bsdtar", "python", "python-streamed", "python-stored"])
    func weUnpackWhatEveryToolWrites(_ tool: String) async throws {
        try await withTemporaryFolder { folder in
            let source = folder.appending("source")
            let target = folder.appending("target")
            for path in [source, target] { try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true) }
            let ours = folder.appending("ours.zip")
            _ = try await ZipWriter().write(Self.contents, to: ours)
            try await ZipExtractor().extract(try ZipReader(ours), to: source)
            let zip = folder.appending("theirs.zip")
            var keepsLinks = true
            switch tool {
            case "zip": try await Tool.run("zip", ["-qry", zip.string, "."], in: source)
            case "bsdtar":
                let names = try source.list()
                try await Tool.run("bsdtar", ["--format", "zip", "-cf", zip.string] + names, in: source)
            default:
                keepsLinks = false
                let output = try await Tool.python(
                    """
                    import os, sys, zipfile
                    source, target, kind = sys.argv[1:]
                    class Pipe:
                        # Without seek, zipfile writes data descriptors.
                        def __init__(self, file): self.file = file
                        def write(self, data): return self.file.write(data)
                        def flush(self): self.file.flush()
                    method = zipfile.ZIP_STORED if kind == "python-stored" else zipfile.ZIP_DEFLATED
                    with open(target, "wb") as file:
                        with zipfile.ZipFile(Pipe(file) if kind == "python-streamed" else file, "w", method) as archive:
                            for folder, names, files in os.walk(source):
                                for name in files + [n for n in names if not os.listdir(os.path.join(folder, n))]:
                                    path = os.path.join(folder, name)
                                    if not os.path.islink(path):
                                        archive.write(path, os.path.relpath(path, source))
                    """, [source.string, zip.string, tool])
                try #require(output.isSuccess, "\(output.error)")
            }
            try await ZipExtractor().extract(try ZipReader(zip), to: target)
            let expected = keepsLinks ? Self.expected : Self.expected.replacing("lib/libx.so -> libx.so.1\n", with: "")
            #expect(try await Self.describe(target) == expected)
        }
    }

    @Test func transplantedEntriesKeepTheirCompressedBytes() async throws {
        try await withTemporaryFolder { folder in
            let first = folder.appending("first.zip")
            _ = try await ZipWriter(level: 12).write(Self.contents, to: first)
            let reader = try ZipReader(first)
            let second = folder.appending("second.zip")
            let moved = reader.entries.filter { $0.kind == .file }.map {
                ZipContent(path: "moved/\($0.path)", source: .transplant(reader, $0))
            }
            _ = try await ZipWriter(level: 1).write(moved, to: second)
            let sizes = Dictionary(uniqueKeysWithValues: reader.entries.map { ($0.path, $0.compressedSize) })
            for entry in try ZipReader(second).entries { #expect(entry.compressedSize == sizes[String(entry.path.dropFirst(6))]) }
            #expect(try await Tool.run("unzip", ["-tq", second.string]).isSuccess)
        }
    }

    @Test func moreEntriesThanTheEndRecordCountsTakeZip64() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("many.zip")
            let contents = (0..<65_600).map { ZipContent(path: "f\($0)", source: .bytes([])) }
            _ = try await ZipWriter().write(contents, to: zip)
            #expect(try ZipReader(zip).entries.count == 65_600)
            let output = try await Tool.python("import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))", [zip.string])
            #expect(output.text == "65600\n")
        }
    }

    @Test func zip64FieldsOfOtherToolsAreRead() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("forced.zip")
            let output = try await Tool.python(
                """
                import sys, zipfile
                with zipfile.ZipFile(sys.argv[1], "w") as archive:
                    with archive.open("a.txt", "w", force_zip64=True) as file:
                        file.write(b"hello")
                """, [zip.string])
            try #require(output.isSuccess, "\(output.error)")
            let reader = try ZipReader(zip)
            #expect(try reader.read(reader.entries[0]) == Array("hello".utf8))
        }
    }
}
