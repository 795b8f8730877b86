import Foundation
import LambdaModel
import LayerCheck
import SystemPackage
import TestSupport
import Testing

@testable import Execution
@testable import Interpreters

@Suite struct SystemViewTests {
    static let python = PythonInterpreter.all().first
    /// One that shares its folder with all the machine.
    static let systemPython = PythonInterpreter.minorVersions.map { PythonInterpreter(minor: $0, prefix: "/usr") }
        .first { access($0.executable.string, X_OK) == 0 }

    @Test(arguments: [OperatingSystem.al2, .al2023])
    func onlyWhatLambdaHasAndTheInterpreterNeedsIsVisible(system: OperatingSystem) async throws {
        try await withTemporaryFolder { folder in
            let host = HostLibraries()
            let language = LanguageFolder(try #require(Self.python))
            let views = SystemViews(folder: folder.appending("views"))
            let visible = try Set(views.view(system, language).folder.appending("lib64").list())
            let profile = SystemProfile(system, .host)
            var needed = LibraryClosure(host, first: language.libraries)
            let programs = VisiblePrograms.names.map { "/usr/bin/\($0)" }
            for program in language.programs + programs { needed.add(program) }
            #expect(visible.isSuperset(of: ["libc.so.6", "libm.so.6", "libpthread.so.0", "libz.so.1", "libgcc_s.so.1"]))
            #expect(visible.isDisjoint(with: ["libGL.so.1", "libX11.so.6", "libcrypt.so.1", "libgomp.so.1", "libcurl.so.4"]))
            for name in host.all().keys where profile.level(of: name) == .guaranteed { #expect(visible.contains(name), "\(name)") }
            for name in visible where name.contains(".so") && profile.level(of: name) != .guaranteed {
                #expect(needed.libraries[name] != nil || name.hasPrefix("ld-linux") || VisibleLibraries.glibc.contains(name), "\(name)")
            }
        }
    }

    @Test func aViewIsMadeOnce() async throws {
        try await withTemporaryFolder { folder in
            let views = SystemViews(folder: folder.appending("views"))
            let language = LanguageFolder(try #require(Self.python))
            let first = try views.view(.al2023, language).folder
            let second = try views.view(.al2023, language).folder
            let other = try views.view(.al2, language).folder
            #expect(first == second)
            #expect(first != other)
            #expect(try folder.appending("views").list().count == 2)
        }
    }

    /// `ldd` asks the loader itself.
    @Test func aClosureHoldsWhatTheLoaderLoads() async throws {
        let program = try #require(Self.python).executable.string
        var closure = LibraryClosure(HostLibraries(), first: Self.python?.prefix.appending("lib").string)
        closure.add(program)
        let loaded = try await Tool.run("ldd", [program]).text.split(separator: "\n").compactMap { line -> String? in
            line.contains("=>") ? line.split(whereSeparator: \.isWhitespace).first.map(String.init) : nil
        }
        #expect(Set(closure.libraries.keys).symmetricDifference(loaded).allSatisfy { $0.hasPrefix("ld-linux") })
        #expect(closure.loaders.count == 1)
    }

    @Test(.enabled(if: systemPython != nil, "the system has a Python"))
    func anInterpreterThatSharesItsFolderShowsNothingElseOfIt() async throws {
        let python = try #require(Self.systemPython)
        try await withTemporaryFolder { layer in
            try layer.appending("python/seeing.py").write(
                """
                import ctypes, os, ssl, sys
                assert sys.prefix == "/var/lang", sys.prefix
                assert os.listdir("/var/lang/bin") == ["python3.%d" % sys.version_info[1]], os.listdir("/var/lang/bin")
                ctypes.CDLL("libcrypt.so.1")
                """)
            let check = try ImportCheck(Runtime("python3.12"), ImportProbe(python))
            #expect(
                try await check.results(of: ["seeing"], layer: layer).map(\.outcome) == [
                    .failed(type: "OSError", message: "libcrypt.so.1: cannot open shared object file: No such file or directory")
                ])
        }
    }
}
