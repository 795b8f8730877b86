import Foundation
import LambdaModel
import SystemPackage
import TestSupport
import Testing

@testable import Execution
@testable import Interpreters

@Suite struct RubyFolderTests {
    private func ruby(_ prefix: FilePath, libraries: FilePath, extensions: FilePath) -> RubyInterpreter {
        RubyInterpreter(
            version: "3.2.2", executable: prefix.appending("bin/ruby"), prefix: prefix, libraries: libraries, extensions: extensions)
    }

    @Test func aRubyInAFolderOfItsOwnIsSeenAsLambdasAndWhereItWasInstalled() async throws {
        try await withTemporaryFolder { prefix in
            for name in ["libruby.so.3.2", "libruby-static.a"] { try prefix.appending("lib/\(name)").write("") }
            let library = prefix.appending("lib/ruby")
            let folder = LanguageFolder(ruby(prefix, libraries: library, extensions: library.appending("3.2.0/x86_64-linux")))
            #expect(folder.binds == [SandboxBind(prefix, "/var/lang"), SandboxBind(prefix, prefix.string)])
            #expect(folder.systemFolders.isEmpty)
            #expect(folder.libraries == prefix.appending("lib").string)
        }
    }

    @Test func aRubyAmongOtherLibrariesShowsOnlyWhatIsItsOwn() async throws {
        try await withTemporaryFolder { prefix in
            for name in ["libruby.so.3.2", "libother.so.1"] { try prefix.appending("lib/\(name)").write("") }
            let library = prefix.appending("lib/ruby")
            let ruby = ruby(prefix, libraries: library, extensions: library.appending("3.2.0/x86_64-linux"))
            let folder = LanguageFolder(ruby)
            #expect(
                folder.binds == [
                    SandboxBind(ruby.executable, "/var/lang/bin/ruby"), SandboxBind(prefix, LanguageFolder.sharedPrefix),
                    SandboxBind(library, library.string),
                ])
            #expect(folder.libraries == nil)
        }
    }

    @Test(arguments: ["/usr", "/usr/local"])
    func aRubyOfTheSystemFindsItsFoldersInTheViewOfUsr(prefix: FilePath) async throws {
        let extensions = FilePath("/usr/lib/\(Architecture.host.machineName)-linux-gnu/ruby/3.1.0")
        let folder = LanguageFolder(ruby(prefix, libraries: prefix.appending("lib/ruby"), extensions: extensions))
        #expect(folder.systemFolders == [prefix.appending("lib/ruby"), extensions])
        try await withTemporaryFolder { views in
            let view = try SystemViews(folder: views).view(.al2023, folder).folder
            for path in folder.systemFolders where access(path.string, R_OK) == 0 {
                let link = view.appending(String(path.string.dropFirst("/usr/".count))).string
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == SystemView.hostRoot + path.string)
            }
        }
    }
}
