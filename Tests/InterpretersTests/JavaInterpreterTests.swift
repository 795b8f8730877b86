import Foundation
import Interpreters
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@Suite struct JavaInterpreterTests {
    /// Makes a folder that looks like a JDK's.
    private func makeHome(_ home: FilePath, release: String?, program: String = "#!/bin/sh\n") throws {
        try FileManager.default.createDirectory(atPath: home.appending("bin").string, withIntermediateDirectories: true)
        let java = home.appending("bin/java").string
        try program.write(toFile: java, atomically: true, encoding: .utf8)
        chmod(java, 0o755)
        try release.map { "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"\($0)\"\n" }?
            .write(toFile: home.appending("release").string, atomically: true, encoding: .utf8)
    }

    private func environment(_ folder: FilePath, _ more: [String: String] = [:]) -> [String: String] {
        ["HOME": folder.string, "LAMINA_CONFIG_DIR": folder.string].merging(more) { _, more in more }
    }

    @Test func sdkmansNewestOfTheVersionIsFoundFirst() async throws {
        try await withTemporaryFolder { folder in
            let candidates = folder.appending(".sdkman/candidates/java")
            for version in ["99.0.2", "99.0.10", "98.0.1"] { try makeHome(candidates.appending("\(version)-tem"), release: version) }
            let found = await JavaInterpreter.all(environment: environment(folder)).prefix(3)
            #expect(found.map(\.version) == ["99.0.10", "99.0.2", "98.0.1"])
            #expect(found.map(\.major) == [99, 99, 98])
            #expect(found.first?.home.lastComponent == "99.0.10-tem")
        }
    }

    @Test func eachIsFoundOnceWhateverLinksLeadToIt() async throws {
        try await withTemporaryFolder { folder in
            let home = folder.appending("jdk")
            try makeHome(home, release: "21.0.1")
            try FileManager.default.createSymbolicLink(atPath: folder.appending("java").string, withDestinationPath: "jdk/bin/java")
            let all = await JavaInterpreter.all(environment: environment(folder, ["JAVA_HOME": home.string, "PATH": folder.string]))
            #expect(all.filter { $0.version == "21.0.1" }.map(\.home) == [home.resolved])
        }
    }

    @Test func javaEightKeepsItsProgramInAFolderOfItsOwn() async throws {
        try await withTemporaryFolder { folder in
            let home = folder.appending("jdk8")
            try makeHome(home.appending("jre"), release: nil)
            try makeHome(home, release: "1.8.0_402")
            let java = try await JavaInterpreter.find(
                for: Runtime("java8.al2"), environment: environment(folder, ["PATH": home.appending("jre/bin").string]))
            #expect(java.home == home.resolved)
            #expect(java.major == 8)
        }
    }

    @Test func oneWithoutAReleaseFileIsAsked() async throws {
        try await withTemporaryFolder { folder in
            let program = "#!/bin/sh\necho 'openjdk version \"11.0.22\" 2024-01-16' >&2\n"
            try makeHome(folder.appending("old"), release: nil, program: program)
            let java = try await JavaInterpreter.find(
                for: Runtime("java11"), environment: environment(folder, ["JAVA_HOME": folder.appending("old").string]))
            #expect(java.version == "11.0.22")
        }
    }

    @Test func theOneNamedByHandIsTaken() async throws {
        try await withTemporaryFolder { folder in
            try makeHome(folder.appending("mine"), release: "12")
            try AddedRuntimes.update(folder.appending("runtimes.json")) { added in
                added[try Runtime("java11")] = .interpreter(path: folder.appending("mine/bin/java").string, version: "12")
            }
            let java = try await JavaInterpreter.find(for: Runtime("java11"), environment: environment(folder))
            #expect(java.home == folder.appending("mine").resolved)
            #expect(java.version == "12")
        }
    }

    @Test func anAddedOneIsOfTheVersionThatItHasNow() async throws {
        try await withTemporaryFolder { folder in
            let (runtime, mine) = (try Runtime("java11"), folder.appending("mine"))
            try AddedRuntimes.update(folder.appending("runtimes.json")) {
                $0[runtime] = .interpreter(path: mine.appending("bin/java").string, version: "12")
            }
            for (version, warning) in [("12", nil), ("13.0.1", "was version 12 and is 13.0.1 by now"), ("11.0.22", nil)] {
                try makeHome(mine, release: version)
                let found = try await JavaInterpreter.find(for: runtime, environment: environment(folder)).version
                #expect(found == version)
                let change = AddedRuntimes.change(of: runtime, to: found, environment: environment(folder))
                #expect((change == nil) == (warning == nil))
                #expect(change?.contains(warning ?? "") ?? true)
            }
        }
    }

    @Test(arguments: ["java8.al2", "java21"])
    func theErrorSaysWhatIsThereAndHowToGetIt(runtime: String) async throws {
        try await withTemporaryFolder { folder in
            let java = folder.appending("other")
            try makeHome(java, release: "10.0.2")
            let environment = environment(folder, ["JAVA_HOME": java.string])
            let wanted = try Runtime(runtime)
            // The machine may have it.
            if await JavaInterpreter.all(environment: environment).contains(where: { "java\($0.major)" == runtime.prefix { $0 != "." } }) {
                return
            }
            let error = await #expect(throws: LaminaError.self) { try await JavaInterpreter.find(for: wanted, environment: environment) }
            #expect(error?.code == .toolMissing)
            #expect(error?.message.contains("which \(runtime) needs (") == true)
            #expect(error?.message.contains("\(java.resolved ?? java) is 10.0.2") == true)
            #expect(error?.message.contains("-jdk-headless) or of SDKMAN") == true)
        }
    }
}
