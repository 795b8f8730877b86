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
        try write(program, printing: [version, program.string, prefix, library, "\(library)/arch"])
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
            try write(home.appending("bin/node"), printing: ["v18.19.0"])
            for (runtime, found) in [("ruby3.2", "ruby is 3.1.2"), ("nodejs20.x", "node is 18.19.0")] {
                do {
                    let runtime = try Runtime(runtime)
                    if runtime.family == .ruby {
                        _ = try await RubyInterpreter.find(for: runtime, environment: environment(home))
                    } else {
                        _ = try await NodeInterpreter.find(for: runtime, environment: environment(home))
                    }
                    Issue.record("another version stands for \(runtime)")
                } catch let error as LaminaError {
                    #expect(error.code == .toolMissing)
                    #expect(error.message.contains(found))
                }
            }
        }
    }

    @Test func whatAUserHasNamedIsTakenWhateverItsVersion() async throws {
        try await withTemporaryFolder { home in
            try writeRuby(home.appending("mine/bin/ruby"), "3.1.2")
            try write(home.appending("mine/bin/node"), printing: ["v18.19.0"])
            try AddedRuntimes.update(AddedRuntimes.file(environment: environment(home))) { added in
                added[try Runtime("ruby3.2")] = .interpreter(path: "\(home)/mine/bin/ruby", version: "3.1.2")
                added[try Runtime("nodejs20.x")] = .interpreter(path: "\(home)/mine/bin/node", version: "18.19.0")
            }
            #expect(try await RubyInterpreter.find(for: Runtime("ruby3.2"), environment: environment(home)).version == "3.1.2")
            #expect(try await NodeInterpreter.find(for: Runtime("nodejs20.x"), environment: environment(home)).version == "18.19.0")
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
