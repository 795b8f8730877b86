import Foundation
import LaminaErrors
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@Suite struct FolderWalkTests {
    @Test func aFolderComesBeforeWhatIsInItAndSymlinksAreNotFollowed() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("b/inner/file").write("12345")
            try folder.appending("b.txt").write("")
            try FileManager.default.createSymbolicLink(atPath: folder.appending("a").string, withDestinationPath: "b")
            let items = try FolderWalk(folder).items
            #expect(items.map(\.path) == ["a", "b", "b/inner", "b/inner/file", "b.txt"])
            #expect(items.map(\.kind) == [.symbolicLink, .directory, .directory, .file, .file])
            #expect(items[0].target == "b" && items[3].size == 5)
        }
    }

    @Test func whatIsNotIncludedIsLeftOutWithAllThatItHolds() async throws {
        try await withTemporaryFolder { folder in
            for path in ["out/file", "in/out/file", "in/file"] { try folder.appending(path).write("") }
            #expect(try FolderWalk(folder, where: { $0.name != "out" }).items.map(\.path) == ["in", "in/file"])
            #expect(try FolderWalk(folder, isDeep: false).items.map(\.path) == ["in", "out"])
        }
    }

    @Test func whatIsNotThereIsAnErrorUnlessItMayBeSkipped() async throws {
        try await withTemporaryFolder { folder in
            let missing = folder.appending("missing")
            #expect(throws: LaminaError.self) { try FolderWalk(missing) }
            let skipped = try FolderWalk(missing, skipsUnreadable: true)
            #expect(skipped.items.isEmpty)
        }
    }
}
