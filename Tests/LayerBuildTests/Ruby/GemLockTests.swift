import LambdaModel
import Testing

@testable import LayerBuild

@Suite struct GemLockTests {
    private let lock = GemLock(
        """
        GIT
          remote: https://example.org/x.git
          revision: abc

        PATH
          remote: .
          specs:
            mine (1.0)

        PATH
          remote: ../a b
          specs:
            other (1.0)

        GEM
          remote: https://example.org/
          specs:
            leaf (1.0)

        PLATFORMS
          arm64-darwin-23
          x86_64-linux-gnu

        RUBY VERSION
           ruby 3.3.5p100

        BUNDLED WITH
           2.5.3
        """)

    @Test func onlyFoldersOfTheMachineAreLocal() {
        #expect(lock.localPaths == [".", "../a b"])
    }

    @Test func aPlatformMayNameItsLibrary() {
        #expect(lock.has("x86_64-linux"))
        #expect(!lock.has("aarch64-linux"))
    }

    @Test func theLockedRubyIsSeenWhereItIsTheRuntimes() throws {
        #expect(lock.rubyVersion == "3.3.5")
        func target(_ runtime: String) throws -> RubyTarget {
            try RubyTarget(BuildTarget(runtime: try Runtime(runtime), architecture: .arm64))
        }
        #expect(try target("ruby3.3").fullVersion(locked: "3.3.5") == "3.3.5")
        #expect(try target("ruby3.4").fullVersion(locked: "3.3.5").hasPrefix("3.4."))
        #expect(try target("ruby2.7").fullVersion(locked: nil).hasPrefix("2.7."))
        #expect(try target("ruby3.4").gemFolder == "ruby/gems/3.4.0")
        #expect(try target("ruby3.4").platform == "aarch64-linux")
    }
}
