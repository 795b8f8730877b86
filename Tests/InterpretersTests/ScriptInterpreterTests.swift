import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import Interpreters

/// Interpreters of which several versions are there, as programs that only tell what they are.
@Suite struct ScriptInterpreterTests {
    private func write(_ program: FilePath, printing lines: [String]) throws {
        try program.write("#!/bin/sh\nprintf '%s\\n' \(lines.map { "'\($0)'" }.joined(separator: " "))\n")
        chmod(program.string, 0o755)
    }

    private func writeRuby(_ program: FilePath, _ version: String) throws {
        let prefix = program.removingLastComponent().removingLastComponent().string
        let library = "\(prefix)/lib/ruby"
        try write(program, printing: ["ruby \(version) \(program)", prefix, library, "\(library)/arch"])
    }

    private func writeNode(_ program: FilePath, _ version: String) throws {
        try write(program, printing: ["node \(version) \(program)"])
    }

    private func environment(_ home: FilePath) -> [String: String] {
        ["HOME": home.string, "PATH": "\(home)/bin:\(home)/.rbenv/shims", "LAMINA_CONFIG_DIR": home.appending("config").string]
    }

    @Test func rbenvsNewestRubyOfTheVersionIsFound() async throws {
        try await withTemporaryFolder { home in
            let versions = home.appending(".rbenv/versions")
            for version in ["3.2.9", "3.2.10", "3.3.1"] { try writeRuby(versions.appending("\(version)/bin/ruby"), version) }
            try writeRuby(home.appending(".rbenv/shims/ruby"), "3.4.1")
            let ruby = try await RubyInterpreter.find(for: Runtime("ruby3.2"), environment: environment(home))
            #expect(ruby.version == "3.2.10")
            #expect(ruby.executable == versions.appending("3.2.10/bin/ruby").resolved)
            #expect(ruby.prefix == versions.appending("3.2.10"))
            #expect(ruby.libraries == ruby.prefix.appending("lib/ruby"))
            await #expect(throws: LaminaError.self) {
                try await RubyInterpreter.find(for: Runtime("ruby3.4"), environment: environment(home))
            }
        }
    }

    @Test func anotherVersionIsNamedAndNotTaken() async throws {
        try await withTemporaryFolder { home in
            try writeRuby(home.appending("bin/ruby"), "3.1.2")
            try writeNode(home.appending("bin/node"), "18.19.0")
            for (name, found) in [("ruby3.2", "ruby is 3.1.2"), ("nodejs20.x", "node is 18.19.0")] {
                let runtime = try Runtime(name)
                do {
                    if runtime.family == .ruby {
                        _ = try await RubyInterpreter.find(for: runtime, environment: environment(home))
                    } else {
                        _ = try await NodeInterpreter.find(for: runtime, environment: environment(home))
                    }
                    Issue.record("another version stands for \(runtime)")
                } catch let error as LaminaError {
                    #expect(error.code == .toolMissing)
                    #expect(error.message.contains(found))
                    #expect(error.message.hasSuffix("or name one by 'lamina runtime add \(runtime) --interpreter PATH'"))
                }
            }
        }
    }

    @Test func whatAUserHasNamedIsTakenWhateverItsVersion() async throws {
        try await withTemporaryFolder { home in
            try writeRuby(home.appending("mine/bin/ruby"), "3.1.2")
            try writeNode(home.appending("mine/bin/node"), "18.19.0")
            try AddedRuntimes.update(AddedRuntimes.file(environment: environment(home))) { added in
                added[try Runtime("ruby3.2")] = .interpreter(path: "\(home)/mine/bin/ruby", version: "3.1.2")
                added[try Runtime("nodejs20.x")] = .interpreter(path: "\(home)/mine/bin/node", version: "18.19.0")
            }
            #expect(try await RubyInterpreter.find(for: Runtime("ruby3.2"), environment: environment(home)).version == "3.1.2")
            #expect(try await NodeInterpreter.find(for: Runtime("nodejs20.x"), environment: environment(home)).version == "18.19.0")
        }
    }

    @Test func aWrapperStandsForTheNodeThatItStarts() async throws {
        try await withTemporaryFolder { home in
            try writeNode(home.appending("own/node"), "20.1.0")
            let wrapper = home.appending("bin/node")
            try wrapper.write("#!/bin/sh\nexec \(home)/own/node \"$@\"\n")
            chmod(wrapper.string, 0o755)
            let node = try await NodeInterpreter.find(for: Runtime("nodejs20.x"), environment: environment(home))
            #expect(node == NodeInterpreter(version: "20.1.0", executable: home.appending("own/node")))
        }
    }

    @Test func aProgramThatDoesNotAnswerIsTheCause() async throws {
        try await withTemporaryFolder { home in
            try write(home.appending("bin/node"), printing: ["hello"])
            let error = await #expect(throws: LaminaError.self) {
                try await NodeInterpreter.find(for: Runtime("nodejs20.x"), environment: environment(home))
            }
            #expect(error?.code == .toolMissing)
            #expect((error?.cause as? LaminaError)?.message == "\(home)/bin/node is no Node.js interpreter")
        }
    }

    @Test func aProgramIsAskedOnceForAllRuntimes() async throws {
        try await withTemporaryFolder { home in
            let program = home.appending("bin/node")
            try program.write("#!/bin/sh\necho asked >> \(home)/log\necho node 18.19.0 \(program)\n")
            chmod(program.string, 0o755)
            let answers = InterpreterAnswers()
            for name in ["nodejs16.x", "nodejs18.x", "nodejs20.x"] {
                _ = try? await NodeInterpreter.find(for: Runtime(name), environment: environment(home), answers: answers)
            }
            #expect(try home.appending("log").read() == Array("asked\n".utf8))
        }
    }

    @Test(arguments: ["nodejs20.x", "ruby3.2", "java17", "python3.12"])
    func anAddedInterpreterThatIsGoneIsTold(name: String) async throws {
        try await withTemporaryFolder { home in
            let (runtime, environment) = (try Runtime(name), environment(home))
            try AddedRuntimes.update(AddedRuntimes.file(environment: environment)) {
                $0[runtime] = .interpreter(path: "\(home)/gone", version: "1.2.3")
            }
            let error = await #expect(throws: LaminaError.self) {
                switch runtime.family {
                case .nodejs: _ = try await NodeInterpreter.find(for: runtime, environment: environment)
                case .ruby: _ = try await RubyInterpreter.find(for: runtime, environment: environment)
                case .java: _ = try await JavaInterpreter.find(for: runtime, environment: environment)
                default: _ = try PythonInterpreter.find(for: runtime, environment: environment)
                }
            }
            #expect(error?.code == .toolMissing)
            #expect(error?.message.hasPrefix("\(home)/gone, which was added as \(runtime), is no program any more") == true)
        }
    }

    @Test func aProgramThatIsNoRubyIsTold() async throws {
        try await withTemporaryFolder { home in
            try write(home.appending("mine/ruby"), printing: ["hello"])
            try AddedRuntimes.update(AddedRuntimes.file(environment: environment(home))) { added in
                added[try Runtime("ruby3.2")] = .interpreter(path: "\(home)/mine/ruby", version: "3.2.0")
            }
            do {
                _ = try await RubyInterpreter.find(for: Runtime("ruby3.2"), environment: environment(home))
                Issue.record("it was taken for a Ruby")
            } catch let error as LaminaError {
                #expect(error.code == .invalidArgument)
                #expect(error.message == "\(home)/mine/ruby is no Ruby interpreter")
            }
        }
    }
}
