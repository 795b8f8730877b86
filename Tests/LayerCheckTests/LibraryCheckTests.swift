import ELFFile
import LambdaModel
import TestSupport
import Testing
import ZipArchive

@testable import LayerCheck

@Suite struct LibraryCheckTests {
    struct Binary {
        var path: String
        var file: ELFFile

        init(
            _ path: String, needs needed: [String] = [], machine: ELFFile.Machine = .x86_64, runPaths: [String] = [], rpaths: [String] = [],
            versions: [String: [String]] = [:], defines: [String] = [], soname: String? = nil, interpreter: String? = nil
        ) throws {
            self.path = path
            file = try MinimalELF.empty()
            file.machine = machine
            file.needed = needed
            file.runPaths = runPaths
            file.rpaths = rpaths
            file.neededVersions = versions
            file.definedVersions = defines
            file.soname = soname
            file.interpreter = interpreter
        }
    }

    /// What is found in binaries, with modules' sources beside them.
    static func findings(
        _ binaries: [Binary], sources: [String: String] = [:], links: [String: String] = [:], runtime: String = "python3.13"
    ) throws -> [Finding] {
        var index = ContentIndex()
        for binary in binaries { index.binaries[binary.path] = binary.file }
        let files =
            binaries.map { LayerFile(ZipContent(path: $0.path, source: .bytes([]))) }
            + sources.map { LayerFile(ZipContent(path: $0, source: .bytes(Array($1.utf8)))) }
            + links.map { LayerFile(ZipContent(path: $0, source: .symbolicLink($1))) }
        let tree = try LayerTree(name: "layer", files)
        return LibraryCheck(tree: tree, index: index, runtime: try Runtime(runtime), architecture: .x86_64).findings().sortedBySeverity()
    }

    @Test func aLibraryThatLambdaLacksIsNamedOnceWithTheLoadersWords() throws {
        let findings = try Self.findings([
            try Binary("python/cv2/b.so", needs: ["libGL.so.1"]), try Binary("python/cv2/a.so", needs: ["libGL.so.1", "libc.so.6"]),
        ])
        #expect(findings.map(\.code) == [.missingLibrary])
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.path == "python/cv2/a.so")
        #expect(findings.first?.reason.contains("'libGL.so.1: cannot open shared object file: No such file or directory'") == true)
    }

    @Test func theLibraryThatTheLoaderComesUponFirstIsTheOneItNames() throws {
        // Breadth first: what the second library needs comes before what the first library's own library needs.
        let findings = try Self.findings([
            try Binary("python/m.so", needs: ["liba.so", "libb.so"], runPaths: ["$ORIGIN"]),
            try Binary("python/liba.so", needs: ["libc2.so"], runPaths: ["$ORIGIN"]),
            try Binary("python/libc2.so", needs: ["libdeep.so.1"]), try Binary("python/libb.so", needs: ["libflat.so.1"]),
        ])
        #expect(findings.filter { $0.reason.contains("fails to load with") }.map(\.subject) == ["libflat.so.1"])
        #expect(
            findings.map(\.subject) == ["libdeep.so.1", "libflat.so.1"] || findings.map(\.subject) == ["libflat.so.1", "libdeep.so.1"])
    }

    @Test func aLibraryBesideItsUserIsFoundByRunPathOnly() throws {
        let library = try Binary("python/numpy.libs/libx.so.1")
        let found = try Binary("python/numpy/core.so", needs: ["libx.so.1"], runPaths: ["$ORIGIN/../numpy.libs"])
        let lost = try Binary("python/numpy/core.so", needs: ["libx.so.1"])
        #expect(try Self.findings([library, found]).isEmpty)
        #expect(try Self.findings([library, lost]).map(\.code) == [.libraryOffPath])
    }

    @Test func rpathsOfTheLoadingFileServeWhatItLoadsAndRunPathsDoNot() throws {
        let outer = { (rpaths: [String], runPaths: [String]) in
            try Binary("python/p/m.so", needs: ["liba.so"], runPaths: runPaths, rpaths: rpaths)
        }
        let inner = try [Binary("python/p/l/liba.so", needs: ["libb.so"]), Binary("python/p/l/libb.so")]
        #expect(try Self.findings([try outer(["$ORIGIN/l"], [])] + inner).isEmpty)
        #expect(try Self.findings([try outer([], ["$ORIGIN/l"])] + inner).map(\.subject) == ["libb.so"])
    }

    @Test func aLibraryThatIsLoadedAlreadyServesByItsSoname() throws {
        let findings = try Self.findings([
            try Binary("python/p/m.so", needs: ["libfirst-1234.so", "libsecond.so"], runPaths: ["$ORIGIN"]),
            try Binary("python/p/libfirst-1234.so", soname: "libfirst.so.1"), try Binary("python/p/libsecond.so", needs: ["libfirst.so.1"]),
        ])
        #expect(findings.isEmpty)
    }

    @Test func theLayersLibFolderIsOnTheLibraryPathThroughSymlinksToo() throws {
        let user = try Binary("python/a.so", needs: ["libx.so.1"])
        #expect(try Self.findings([try Binary("lib/libx.so.1"), user]).isEmpty)
        #expect(try Self.findings([try Binary("lib/libx.so.1.2.3"), user], links: ["lib/libx.so.1": "libx.so.1.2.3"]).isEmpty)
    }

    @Test func theSystemsLibraryComesBeforeTheLayersOwn() throws {
        let findings = try Self.findings([try Binary("lib/libz.so.1"), try Binary("python/a.so", needs: ["libz.so.1"])])
        #expect(findings.map(\.code) == [.shadowedLibrary])
        #expect(findings.map(\.path) == ["lib/libz.so.1"])
        let byRpath = try Binary("python/a.so", needs: ["libz.so.1"], rpaths: ["/opt/lib"])
        #expect(try Self.findings([try Binary("lib/libz.so.1"), byRpath]).isEmpty)
    }

    @Test func whatIsOnlyInTheImageIsUnreliableUnlessTheLayerHasItToo() throws {
        let user = try Binary("python/a.so", needs: ["libgpg-error.so.0"])
        #expect(try Self.findings([user]).map(\.code) == [.unreliableLibrary])
        #expect(try Self.findings([user, try Binary("lib/libgpg-error.so.0")]).isEmpty)
    }

    @Test func codeOfAnotherArchitectureIsAnErrorThatSaysWhatPythonWillSay() throws {
        let path = "python/pydantic_core/_pydantic_core.cpython-313-aarch64-linux-gnu.so"
        let findings = try Self.findings([try Binary(path, needs: ["libnone.so"], machine: .arm64)])
        #expect(findings.map(\.code) == [.wrongArchitecture])
        #expect(findings.map(\.severity) == [.error])
        #expect(findings.first?.reason.contains("No module named 'pydantic_core._pydantic_core'") == true)
    }

    @Test(
        arguments: [
            ("python3.13", "libc.so.6", "GLIBC_2.34", nil), ("python3.13", "libc.so.6", "GLIBC_2.35", .error),
            ("python3.11", "libc.so.6", "GLIBC_2.26", nil), ("python3.11", "libc.so.6", "GLIBC_2.27", .error),
            ("python3.13", "libc.so.6", "GLIBC_ABI_DT_RELR", .error), ("python3.13", "libstdc++.so.6", "GLIBCXX_3.4.29", nil),
            ("python3.13", "libstdc++.so.6", "GLIBCXX_3.4.30", .warning), ("python3.13", "libstdc++.so.6", "GLIBCXX_3.4.34", .error),
            ("python3.11", "libstdc++.so.6", "CXXABI_1.3.13", .error),
        ] as [(String, String, String, Finding.Severity?)])
    func symbolVersionsMustNotBeNewerThanTheRuntimes(
        _ runtime: String, _ library: String, _ version: String, _ severity: Finding.Severity?
    ) throws {
        let binary = try Binary("python/a.so", needs: [library], versions: [library: ["GLIBC_2.2.5", version]])
        let findings = try Self.findings([binary], runtime: runtime)
        #expect(findings.map(\.severity) == [severity].compactMap(\.self))
        #expect(findings.allSatisfy { $0.code == .symbolVersionTooNew && $0.subject == version })
    }

    @Test func aVersionThatTheLayersOwnLibraryLacksIsFound() throws {
        let user = try Binary("python/a.so", needs: ["libx.so.1"], versions: ["libx.so.1": ["X_2"]])
        let findings = try Self.findings([user, try Binary("lib/libx.so.1", defines: ["libx.so.1", "X_1"])])
        #expect(findings.map(\.code) == [.symbolVersionMissing])
        #expect(try Self.findings([user, try Binary("lib/libx.so.1", defines: ["libx.so.1", "X_1", "X_2"])]).isEmpty)
    }

    @Test(arguments: [
        ("from . import fast\n", Finding.Severity.error),
        ("try:\n    from . import fast\nexcept ImportError:\n    fast = None\n", .warning),
        ("try:\n    from . import fast\nexcept ImportError as e:\n    raise ImportError('help') from e\n", .error),
        ("def use():\n    from . import fast\n", .warning), ("'''\nfrom . import fast\n'''\nVALUE = 1\n", .error),
        ("from . import (slow,\n    fast)\n", .error),
    ])
    func aModuleThatItsPackageDoesWithoutIsAWarning(_ source: String, _ severity: Finding.Severity) throws {
        let module = try Binary("python/p/fast.abi3.so", needs: ["libGL.so.1"])
        #expect(try Self.findings([module], sources: ["python/p/__init__.py": source]).map(\.severity) == [severity])
    }

    @Test(arguments: [
        ("try:\n    import p.extra\nexcept ImportError:\n    extra = None\n", Finding.Severity.warning),
        ("from . import extra\n", .error), ("", .error),
    ])
    func whatAnOptionalModuleImportsIsOptionalToo(_ source: String, _ severity: Finding.Severity) throws {
        let sources = ["python/p/__init__.py": source, "python/p/extra.py": "from p import fast\n"]
        let module = try Binary("python/p/fast.abi3.so", needs: ["libGL.so.1"])
        #expect(try Self.findings([module], sources: sources).map(\.severity) == [severity])
    }

    @Test(arguments: [
        ("python/p/fast.abi3.so", "try:\n    import p.fast\nexcept ImportError:\n    fast = None\n", Finding.Severity.warning),
        ("python/p/fast.abi3.so", "", .error), ("python/p/_sdl/fast.abi3.so", "", .warning),
        ("python/p/_sdl/fast.abi3.so", "import p._sdl.fast\n", .error),
    ])
    func whatTestsAndExamplesImportIsNotNeededForThat(_ module: String, _ source: String, _ severity: Finding.Severity) throws {
        let example = "import p.fast\nimport p._sdl.fast\n"
        let findings = try Self.findings(
            [try Binary(module, needs: ["libGL.so.1"])], sources: ["python/p/__init__.py": source, "python/p/examples/run.py": example])
        #expect(findings.map(\.severity) == [severity])
    }

    @Test func aLibraryThatThePackageOpensByNameIsAnErrorAndAnUnnamedPluginAWarning() throws {
        let library = try Binary("python/p/lib_boost.so", needs: ["libgomp.so.1"])
        let plugin = try Binary("python/p/plugins/libxcb_plugin.so", needs: ["libX11.so.6"])
        let findings = try Self.findings(
            [library, plugin], sources: ["python/p/core.py": "import ctypes\nLIB = ctypes.CDLL(here / 'lib_boost.so')\n"])
        #expect(findings.map(\.severity) == [.error, .warning])
        #expect(findings.map(\.subject) == ["libgomp.so.1", "libX11.so.6"])
    }

    @Test func aProgramForAlpineWantsAnInterpreterThatLambdaLacks() throws {
        let findings = try Self.findings([try Binary("bin/tool", interpreter: "/lib/ld-musl-x86_64.so.1")])
        #expect(findings.map(\.code) == [.missingInterpreter])
        #expect(try Self.findings([try Binary("bin/tool", interpreter: "/lib64/ld-linux-x86-64.so.2")]).isEmpty)
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
