import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Interpreters

@Suite struct ReadableFolderTests {
    private func mode(_ path: FilePath) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int)
    }

    @Test func allMayReadAFolderAndWhatIsInIt() async throws {
        try await withTemporaryFolder { folder in
            let tree = folder.appending("tree")
            for name in ["file", "deep/er/program", "outside"] { try tree.appending(name).write("text") }
            try FileManager.default.moveItem(atPath: tree.appending("outside").string, toPath: folder.appending("outside").string)
            try FileManager.default.createSymbolicLink(atPath: tree.appending("link").string, withDestinationPath: "../outside")
            for (path, mode) in [("tree/file", 0o600), ("tree/deep/er/program", 0o700), ("outside", 0o600)] {
                chmod(folder.appending(path).string, mode_t(mode))
            }
            for path in ["tree/deep/er", "tree/deep", "tree"] { chmod(folder.appending(path).string, 0o700) }
            try tree.makeReadable()
            for path in ["tree", "tree/deep", "tree/deep/er", "tree/deep/er/program"] {
                #expect(try mode(folder.appending(path)) == 0o755)
            }
            #expect(try mode(tree.appending("file")) == 0o644)
            #expect(try mode(folder.appending("outside")) == 0o600)
        }
    }
}
