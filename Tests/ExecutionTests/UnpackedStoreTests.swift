import Checksum
import Foundation
import LaminaErrors
import SystemPackage
import TestSupport
import Testing
import ZipArchive

@testable import Execution

@Suite struct UnpackedStoreTests {
    @Test func aZipThatMayHaveChangedIsKeptOnlyUnderItsOwnHash() async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("a.zip")
            let written = try await ZipWriter().write([ZipContent(path: "a.txt", source: .bytes(Array("a".utf8)))], to: zip)
            let store = try UnpackedStore(root: folder.appending("unpacked"), sizeLimit: 1 << 30, ageLimit: .seconds(3600))
            let other = SHA256Digest(of: []).hexadecimal
            let error = await #expect(throws: LaminaError.self) {
                _ = try await store.lease(other, isFixed: false) { zip }
            }
            #expect(error?.code == .hashMismatch)
            #expect(try folder.appending("unpacked").list().filter { $0.hasPrefix(other) || $0.hasSuffix(".partial") } == [])
            let tree = try await store.lease(written.digest.hexadecimal, isFixed: false) { zip }
            #expect(try tree.path.list() == ["a.txt"])
        }
    }

    /// A zip of some bytes, and its hash.
    static func zip(_ name: String, bytes: Int, in folder: FilePath) async throws -> (path: FilePath, sha256: String) {
        let path = folder.appending(name)
        let content = ZipContent(path: name, source: .bytes([UInt8](repeating: 1, count: bytes)))
        return (path, try await ZipWriter().write([content], to: path).digest.hexadecimal)
    }

    /// The task that unpacked a tree may hold it a moment longer than whoever waited for the task.
    private static func evict(_ sha256: String, of root: FilePath, by store: UnpackedStore) async throws {
        for _ in 0..<1000 where try root.list().contains(sha256) {
            await store.evict()
            await Task.yield()
        }
        #expect(try !root.list().contains(sha256))
    }

    @Test func whatIsInUseStaysAndOfTheOthersTheLongestUnusedGoFirst() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("unpacked")
            let store = try UnpackedStore(root: root, sizeLimit: 250, ageLimit: .seconds(3600))
            var zips: [(path: FilePath, sha256: String)] = []
            for name in ["a", "b", "c"] { zips.append(try await Self.zip(name, bytes: 100, in: folder)) }
            var trees: [TreeLease] = []
            for zip in zips.prefix(2) { trees.append(try await store.lease(zip.sha256) { zip.path }) }
            trees.removeLast()
            // Three of them are too much: the one in the middle is the only one that is not in use.
            let last = zips[2]
            trees.append(try await store.lease(last.sha256) { last.path })
            try await Self.evict(zips[1].sha256, of: root, by: store)
            #expect(try trees[0].path.list() == ["a"])
            #expect(try root.list().contains(last.sha256))
        }
    }

    @Test func whatNothingHasUsedForLongGoes() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("unpacked")
            let store = try UnpackedStore(root: root, sizeLimit: 1 << 30, ageLimit: .zero)
            let zip = try await Self.zip("a", bytes: 1, in: folder)
            var tree: TreeLease? = try await store.lease(zip.sha256) { zip.path }
            await store.evict()
            #expect(try tree?.path.list() == ["a"])
            tree = nil
            try await Self.evict(zip.sha256, of: root, by: store)
        }
    }

    @Test func twoStoresShareATreeAndNeitherRemovesWhatTheOtherUses() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("unpacked")
            let one = try UnpackedStore(root: root, sizeLimit: 1, ageLimit: .zero)
            let other = try UnpackedStore(root: root, sizeLimit: 1, ageLimit: .zero)
            let zip = try await Self.zip("a", bytes: 100, in: folder)
            var first: TreeLease? = try await one.lease(zip.sha256) { zip.path }
            // It is there: the zip is not asked for.
            var second: TreeLease? = try await other.lease(zip.sha256) { throw LaminaError(.notFound, "no zip") }
            #expect(first?.path == second?.path)
            first = nil
            await one.evict()
            #expect(try second?.path.list() == ["a"])
            second = nil
            try await Self.evict(zip.sha256, of: root, by: one)
        }
    }

    @Test func whoWaitsForAnotherToUnpackSharesTheTreeWithIt() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("unpacked")
            let stores = try (0..<8).map { _ in try UnpackedStore(root: root, sizeLimit: 1 << 30, ageLimit: .seconds(3600)) }
            let zip = try await Self.zip("a", bytes: 1 << 20, in: folder)
            // Each keeps its lease until all have one.
            let trees = try await withThrowingTaskGroup(of: TreeLease.self) { group in
                for store in stores { group.addTask { try await store.lease(zip.sha256) { zip.path } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(trees.count == stores.count)
        }
    }

    @Test func aClearedCacheIsFilledAgain() async throws {
        try await withTemporaryFolder { folder in
            let root = folder.appending("unpacked")
            let store = try UnpackedStore(root: root, sizeLimit: 1 << 30, ageLimit: .seconds(3600))
            let zip = try await Self.zip("a", bytes: 100, in: folder)
            let before = try await store.lease(zip.sha256) { zip.path }
            try FileManager.default.removeItem(atPath: root.string)
            let after = try await store.lease(zip.sha256) { zip.path }
            #expect(try after.path.list() == ["a"])
            withExtendedLifetime(before) {}
        }
    }
}
