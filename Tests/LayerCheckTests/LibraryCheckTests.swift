import ELFFile
import LambdaModel
import LayerCheck
import Testing

@Suite struct LibraryCheckTests {
    static func binary(
        _ path: String, needs needed: [String] = [], machine: ELFFile.Machine = .x86_64, runPaths: [String] = [],
        versions: [String: [String]] = [:]
    ) throws -> LibraryCheck.Binary {
        var file = try MinimalELF.empty()
        file.machine = machine
        file.needed = needed
        file.runPaths = runPaths
        file.neededVersions = versions
        return LibraryCheck.Binary(path: path, file: file)
    }

    static func findings(_ binaries: [LibraryCheck.Binary], runtime: String = "python3.13") throws -> [Finding] {
        LibraryCheck(runtime: try Runtime(runtime), architecture: .x86_64).findings(in: binaries)
    }

    @Test func aLibraryThatLambdaLacksIsNamedOnceWithTheFirstFileThatNeedsIt() throws {
        let findings = try Self.findings([
            try Self.binary("python/cv2/b.so", needs: ["libGL.so.1"]),
            try Self.binary("python/cv2/a.so", needs: ["libGL.so.1", "libc.so.6"]),
        ])
        #expect(findings.map(\.code) == [.missingLibrary])
        #expect(findings.first?.path == "python/cv2/a.so")
        #expect(findings.first?.reason.contains("libGL.so.1") == true)
    }

    @Test func aLibraryBesideItsUserIsFoundByRunPathOnly() throws {
        let library = try Self.binary("python/numpy.libs/libx.so.1")
        let found = try Self.binary("python/numpy/core.so", needs: ["libx.so.1"], runPaths: ["$ORIGIN/../numpy.libs"])
        let lost = try Self.binary("python/numpy/core.so", needs: ["libx.so.1"])
        #expect(try Self.findings([library, found]).isEmpty)
        #expect(try Self.findings([library, lost]).map(\.code) == [.missingLibrary])
    }

    @Test func theLayersLibFolderIsOnTheLibraryPath() throws {
        #expect(try Self.findings([try Self.binary("lib/libx.so.1"), try Self.binary("python/a.so", needs: ["libx.so.1"])]).isEmpty)
    }

    @Test func whatIsOnlyInTheImageIsUnreliable() throws {
        #expect(try Self.findings([try Self.binary("a.so", needs: ["libgpg-error.so.0"])]).map(\.code) == [.unreliableLibrary])
    }

    @Test func codeOfAnotherArchitectureIsAnError() throws {
        let findings = try Self.findings([try Self.binary("a.so", needs: ["libnone.so"], machine: .arm64)])
        #expect(findings.map(\.code) == [.wrongArchitecture])
        #expect(findings.map(\.severity) == [.error])
    }

    @Test(arguments: [("python3.13", 34, false), ("python3.13", 35, true), ("python3.11", 26, false), ("python3.11", 27, true)])
    func glibcMustNotBeNewerThanTheRuntimes(_ runtime: String, _ minor: Int, _ isTooNew: Bool) throws {
        let binary = try Self.binary("a.so", versions: ["libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.\(minor)"]])
        #expect(try Self.findings([binary], runtime: runtime).map(\.code) == (isTooNew ? [.glibcTooNew] : []))
    }
}

enum MinimalELF {
    /// An ELF file with nothing but a header.
    static func empty() throws -> ELFFile {
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        header[18] = 62
        return try header.withUnsafeBytes { try ELFFile($0) }
    }
}
