import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import Interpreters

@Suite struct InterpreterIdentityTests {
    struct Case: Sendable {
        var family: Runtime.Family
        var script: String
        var version: String?
        var executable = ""
    }

    @Test(arguments: [
        Case(family: .python, script: "echo cpython 3.12.9 /own/prefix", version: "3.12.9", executable: "/own/prefix/bin/python3.12"),
        Case(family: .python, script: "echo pypy 3.10.14 /own/prefix"),
        Case(family: .nodejs, script: "echo node 22.11.0 /own/with spaces/node", version: "22.11.0", executable: "/own/with spaces/node"),
        Case(family: .nodejs, script: "echo v22.11.0"),
        Case(family: .nodejs, script: "echo node 22.11.0 /own/node; exit 1"),
        Case(family: .ruby, script: "echo ruby 3.3.6 /own/ruby", version: "3.3.6", executable: "/own/ruby"),
        Case(family: .ruby, script: "echo jruby 3.1.4 /own/jruby"),
        Case(
            family: .java, script: #"printf '    java.home = /own/jdk\n\nopenjdk version "17.0.15" 2025-04-15\n' >&2"#, version: "17.0.15",
            executable: "/own/jdk/bin/java"),
        Case(
            family: .java, script: #"printf '    java.home = /own/jre\njava version "1.8.0_392"\n' >&2"#, version: "1.8.0_392",
            executable: "/own/jre/bin/java"),
        Case(family: .java, script: "echo 17"),
    ])
    func anInterpreterIsWhatItSays(test: Case) async throws {
        try await withTemporaryFolder { folder in
            let program = folder.appending("program")
            try program.write("#!/bin/sh\n\(test.script)\n")
            chmod(program.string, 0o755)
            if let version = test.version {
                let identity = try await InterpreterIdentity.ask(program, family: test.family)
                #expect(identity == InterpreterIdentity(executable: FilePath(test.executable), version: version))
            } else {
                let error = await #expect(throws: LaminaError.self) {
                    try await InterpreterIdentity.ask(program, family: test.family)
                }
                #expect(error?.code == .invalidArgument)
            }
        }
    }

    @Test(arguments: [Runtime.Family.provided, .dotnet, .go])
    func aFamilyWithoutInterpretersIsRefused(family: Runtime.Family) async {
        let error = await #expect(throws: LaminaError.self) { try await InterpreterIdentity.ask("/bin/true", family: family) }
        #expect(error?.code == .unsupported)
    }
}

@Suite struct AddedRuntimesTests {
    @Test func whatIsAddedIsReadAgain() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("own/runtimes.json")
            let (ruby, python) = (try Runtime("ruby3.2"), try Runtime("python3.12"))
            #expect(try AddedRuntimes.load(from: file) == AddedRuntimes())
            let added = try AddedRuntimes.update(file) { added in
                added[ruby] = .interpreter(path: "/bin/true", version: "3.1.2")
                added[python] = .image(folder: "/srv/root", source: "registry/python:3.12", version: nil)
                return added
            }
            #expect(try AddedRuntimes.load(from: file) == added)
            let environment = ["LAMINA_CONFIG_DIR": folder.appending("own").string]
            #expect(try AddedRuntimes.interpreter(for: ruby, environment: environment) == "/bin/true")
            #expect(try AddedRuntimes.interpreter(for: python, environment: environment) == nil)
            try file.write("{}")
            let error = #expect(throws: LaminaError.self) { try AddedRuntimes.load(from: file) }
            #expect(error?.code == .corrupt)
        }
    }
}
