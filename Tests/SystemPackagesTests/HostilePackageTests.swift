import Foundation
import LaminaErrors
import SystemPackage
import SystemPackages
import TestSupport
import Testing

@Suite struct HostilePackageTests {
    /// Puts another cpio into an .rpm, behind its lead, signature and header.
    private static let replacement = """
        import gzip, struct, sys
        rpm, library, *entries = sys.argv[1:]
        data = open(rpm, "rb").read()
        def header(at):
            count, size = struct.unpack(">II", data[at + 8:at + 16])
            return at + 16 + 16 * count + size
        end = header(96)
        payload = header((end + 7) // 8 * 8)
        cpio = b""
        def add(name, mode, body):
            global cpio
            name = name.encode() + b"\\0"
            fields = [1, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(name), 0]
            cpio += b"070701" + b"".join(b"%08x" % field for field in fields) + name
            cpio += b"\\0" * (-len(cpio) % 4) + body
            cpio += b"\\0" * (-len(cpio) % 4)
        for entry in entries:
            name, _, target = entry.partition("=")
            add(name, 0o120777 if target else 0o100644, target.encode() or open(library, "rb").read())
        add("TRAILER!!!", 0, b"")
        open(rpm, "wb").write(data[:payload] + gzip.compress(cpio))
        """

    /// Asks for a library of a package with those entries: paths, or symlinks as `path=target`.
    private func find(_ entries: [String], in bench: RPMBench) async throws -> ProvidedLibraries {
        let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
        let library = bench.folder.appending("sources/x86_64-1.0-libalpha.so.1")
        let made = try await Tool.python(Self.replacement, [rpm.string, library.string] + entries)
        try #require(made.isSuccess, "\(made.error)")
        try await bench.index()
        return try await bench.find(["libalpha.so.1"])
    }

    @Test(arguments: ["../../../../../escape/libalpha.so.1", "./usr/lib64/../../../../escape/libalpha.so.1", "/usr/lib64/libalpha.so.1"])
    func aPathThatLeavesThePackageIsRefused(_ path: String) async throws {
        try await withRPMBench { bench in
            await expectError(.unsafe, naming: path) { try await find([path], in: bench) }
            #expect(!FileManager.default.fileExists(atPath: bench.folder.appending("escape").string))
            #expect(bench.cached().allSatisfy { $0.contains("primary.xml") || $0.hasSuffix("package.rpm") })
        }
    }

    @Test func aSymlinkToAnotherFolderIsNotWrittenThrough() async throws {
        try await withRPMBench { bench in
            let outside = bench.folder.appending("outside")
            try FileManager.default.createDirectory(atPath: outside.string, withIntermediateDirectories: false)
            _ = try await find(["./usr/lib64/sub=\(outside)", "./usr/lib64/sub/libalpha.so.1", "./usr/lib64/libalpha.so.1"], in: bench)
            #expect(try outside.list().isEmpty)
        }
    }

    @Test(arguments: ["/etc/passwd", "../../../../../../etc/passwd", "libalpha.so.1"])
    func aSymlinkLeadsToNothingOutsideThePackage(_ target: String) async throws {
        try await withRPMBench { bench in
            await expectError(.corrupt, naming: "alpha 1.0-1") { try await find(["./usr/lib64/libalpha.so.1=\(target)"], in: bench) }
        }
    }

    @Test func absoluteSymlinksAreThoseOfThePackagesRoot() async throws {
        try await withRPMBench { bench in
            let found = try await find(
                ["./lib64=usr/lib64", "./usr/lib64/libalpha.so.1=/lib64/real.so.1", "./usr/lib64/real.so.1"], in: bench)
            #expect(try found.libraries.first?.file.read() == bench.folder.appending("sources/x86_64-1.0-libalpha.so.1").read())
        }
    }

    @Test func anArchiveThatIsCutShortIsRefused() async throws {
        try await withRPMBench { bench in
            let rpm = try await bench.package(of: "libalpha.so.1", in: "alpha")
            try rpm.write(Array(try rpm.read().dropLast(200)))
            try await bench.index()
            await expectError(.corrupt, naming: "alpha 1.0-1") { try await bench.find(["libalpha.so.1"]) }
            #expect(bench.cached().allSatisfy { !$0.contains("unpacked") })
        }
    }
}
