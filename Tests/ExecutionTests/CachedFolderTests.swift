import Foundation
import Interpreters
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import Execution

@Suite struct CachedFolderTests {
    /// A kind of its own, whose folder goes with the test.
    private func withKind(_ body: (String, FilePath) async throws -> Void) async throws {
        let kind = "test-\(UUID().uuidString)"
        let folder = CacheFolder.path().appending(kind)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        try await body(kind, folder)
    }

    private static func make(_ path: FilePath) throws { try path.appending("file").write("text") }

    private func age(_ path: FilePath, days: Double) throws {
        let date = Date().addingTimeInterval(-days * 86_400)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path.string)
    }

    @Test func aFolderIsMadeOnceForAllWhoAskAtTheSameTime() async throws {
        try await withKind { kind, folder in
            let calls = folder.appending("calls")
            try await withThrowingTaskGroup(of: FilePath.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await CachedFolder(kind, "one").install { path in
                            try calls.appending(UUID().uuidString).write("")
                            try Self.make(path)
                        }
                    }
                }
                for try await path in group { #expect(path == folder.appending("one")) }
            }
            #expect(try calls.list().count == 1)
        }
    }

    @Test func whatCannotBeMadeLeavesNothingAndIsTriedAgain() async throws {
        try await withKind { kind, folder in
            await #expect(throws: LaminaError.self) {
                _ = try await CachedFolder(kind, "one").install { path in
                    try Self.make(path)
                    throw LaminaError(.toolFailed, "no")
                }
            }
            #expect(try folder.list() == [])
            _ = try await CachedFolder(kind, "one").install { try Self.make($0) }
            #expect(try folder.list() == ["one"])
        }
    }

    @Test func allMayReadWhatIsMade() async throws {
        try await withKind { kind, _ in
            let path = try await CachedFolder(kind, "one").install { path in
                try Self.make(path)
                for path in [path.appending("file"), path] { chmod(path.string, 0o700) }
            }
            for path in [path.appending("file"), path] {
                #expect(try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int == 0o755)
            }
        }
    }

    @Test func whatNothingUsesForAWeekGoesWhenAnotherIsMade() async throws {
        try await withKind { kind, folder in
            for name in ["old", "used", "young"] { _ = try await CachedFolder(kind, name).install { try Self.make($0) } }
            for (name, days) in [("old", 8.0), ("used", 8), ("young", 6)] { try age(folder.appending(name), days: days) }
            _ = try await CachedFolder(kind, "used").install { try Self.make($0) }
            _ = try await CachedFolder(kind, "new").install { try Self.make($0) }
            #expect(try folder.list().sorted() == ["new", "used", "young"])
        }
    }
}
