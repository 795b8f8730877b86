import ELFFile
import Foundation
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

/// Against readelf, on the libraries of the machine.
@Suite struct ELFFileTests {
    static func libc() async throws -> String {
        let output = try await Tool.python(
            "print(next(l.split()[-1] for l in open('/proc/self/maps') if 'libc.so.6' in l or 'libc-' in l))")
        return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func read(_ path: String) throws -> ELFFile {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { try ELFFile($0) }
    }

    @Test func dynamicEntriesAreThoseThatReadelfPrints() async throws {
        let python = try await Tool.python("import sys; print(sys.executable)").text.trimmingCharacters(in: .whitespacesAndNewlines)
        for path in [try await Self.libc(), python, "/usr/bin/git"] {
            let file = try Self.read(path)
            let text = try await Tool.run("readelf", ["-dW", path]).text
            func values(_ tag: String) -> [String] {
                text.split(separator: "\n").filter { $0.contains("(\(tag))") }.compactMap { line in
                    line.split(separator: "[").last?.split(separator: "]").first.map(String.init)
                }
            }
            #expect(file.needed == values("NEEDED"))
            #expect(file.soname == values("SONAME").first)
            #expect(file.runPaths == values("RUNPATH").flatMap { $0.split(separator: ":").map(String.init) })
        }
    }

    @Test func neededVersionsAreThoseThatReadelfPrints() async throws {
        let file = try Self.read("/usr/bin/git")
        let text = try await Tool.run("readelf", ["-VW", "/usr/bin/git"]).text
        let versions = Set(file.neededVersions.values.joined())
        #expect(versions.contains { $0.hasPrefix("GLIBC_2.") })
        for version in versions { #expect(text.contains("Name: \(version)")) }
    }

    @Test func theInterpreterAndMachineAreRead() throws {
        let file = try Self.read("/usr/bin/git")
        #expect(file.interpreter?.contains("ld-linux") == true)
        #if arch(x86_64)
        #expect(file.machine == .x86_64)
        #else
        #expect(file.machine == .arm64)
        #endif
    }

    @Test func whatIsNoELFFileIsRefused() {
        #expect(throws: LaminaError.self) { try Data("#!/bin/sh\n".utf8).withUnsafeBytes { try ELFFile($0) } }
        #expect(throws: LaminaError.self) { try Data([0x7f, 0x45, 0x4c, 0x46]).withUnsafeBytes { try ELFFile($0) } }
    }

    @Test func whatFollowsTheLastSectionIsTrailingData() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/bin/git")))
        func hasTrailingData(_ bytes: [UInt8]) throws -> Bool { try bytes.withUnsafeBytes { try ELFFile.hasTrailingData($0) } }
        #expect(try !hasTrailingData(bytes))
        #expect(try !hasTrailingData(bytes + [0, 0, 0]))
        #expect(try hasTrailingData(bytes + Array("PK".utf8)))
        #expect(throws: LaminaError.self) { try hasTrailingData(Array(bytes.dropLast(20))) }
    }

    @Test func everyTruncationAndChangedByteIsAnErrorAtMost() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/bin/env")))
        for length in stride(from: 0, to: bytes.count, by: 97) { _ = try? bytes[..<length].withUnsafeBytes { try ELFFile($0) } }
        for index in stride(from: 0, to: min(bytes.count, 4096), by: 1) {
            var changed = bytes
            changed[index] ^= 0xff
            _ = try? changed.withUnsafeBytes { try ELFFile($0) }
            _ = try? changed.withUnsafeBytes { try ELFFile.hasTrailingData($0) }
        }
    }
}

extension ELFFileTests {
    /// Pieces of a file, as a stream gives them.
    static func scan(_ bytes: [UInt8], pieceSize: Int) throws -> (file: ELFFile, passes: Int) {
        var scan = ELFScan(count: bytes.count)
        for pass in 1... {
            var position = 0
            var goesOn = true
            while goesOn, position < bytes.count {
                let piece = bytes[position..<min(bytes.count, position + pieceSize)]
                goesOn = piece.withUnsafeBytes { scan.take($0) }
                position += piece.count
            }
            if case .file(let file) = try scan.finish() { return (file, pass) }
        }
        throw LaminaError(.corrupt, "never")
    }

    @Test(arguments: [4096, 65_521, 1 << 18]) func aStreamedFileReadsAsAWholeOneDoes(_ pieceSize: Int) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/bin/git")))
        let (file, passes) = try Self.scan(bytes, pieceSize: pieceSize)
        #expect(file == (try bytes.withUnsafeBytes { try ELFFile($0) }))
        #expect(passes == 1)
    }

    /// patchelf puts the tables at a file's end, which the first pass has not kept.
    @Test func tablesBehindTheBeginningAreReadInASecondPass() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("large.so")
            let source = folder.appending("large.c")
            try source.write("#include <stdio.h>\n__attribute__((used)) char room[6 << 20] = {1};\nint f(void) { return puts(room); }\n")
            try #require(try await Tool.run("gcc", ["-shared", "-fPIC", "-o", path.string, source.string]).isSuccess)
            try #require(
                try await Tool.run("patchelf", ["--set-rpath", "$ORIGIN/a/quite/long/path", "--add-needed", "libnew.so", path.string])
                    .isSuccess)
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
            let (file, passes) = try Self.scan(bytes, pieceSize: 1 << 18)
            #expect(file == (try bytes.withUnsafeBytes { try ELFFile($0) }))
            #expect(file.needed.contains("libnew.so"))
            #expect(passes > 1)
        }
    }
}
