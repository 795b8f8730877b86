import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite struct CatalogTests {
    static let scope = Scope(account: "000000000000", region: "us-east-1")

    static func newVersion(
        _ name: String = "layer", bytes: String = "bytes", runtimes: [String]? = ["python3.13"]
    ) -> NewLayerVersion {
        var new = NewLayerVersion(
            layer: LayerARN(scope: scope, name: name), sha256: SHA256Digest(of: bytes.utf8).hexadecimal, size: 5, unzippedSize: 9)
        new.licenseInfo = "MIT"
        new.compatibleRuntimes = runtimes
        return new
    }

    static func withCatalog(_ body: (Catalog) async throws -> Void) async throws {
        try await withTemporaryFolder { try await body(try Catalog(path: $0.appending("catalog.sqlite"))) }
    }

    @Test func versionNumbersAreNeverReused() async throws {
        try await Self.withCatalog { catalog in
            let first = try await catalog.write { try $0.insert(Self.newVersion(), created: Date()) }
            let second = try await catalog.write { try $0.insert(Self.newVersion(), created: Date()) }
            #expect(first.arn.version == 1)
            #expect(second.arn.version == 2)
            for arn in [first.arn, second.arn] { _ = try await catalog.write { try $0.deleteLayerVersion(arn) } }
            #expect(try await catalog.write { try $0.insert(Self.newVersion(), created: Date()) }.arn.version == 3)
        }
    }

    @Test func everyCommitIsSynced() async throws {
        try await Self.withCatalog { catalog in
            let mode = try catalog.synchronousMode()
            #expect(mode == 2)
        }
    }

    @Test func parallelPublishesGetConsecutiveNumbers() async throws {
        try await Self.withCatalog { catalog in
            let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<64 {
                    group.addTask { try await catalog.write { try $0.insert(Self.newVersion(), created: Date()) }.arn.version }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(numbers.sorted() == Array(1...64))
        }
    }

    @Test func aVersionIsReadAsItWasWritten() async throws {
        try await Self.withCatalog { catalog in
            let version = try await catalog.write { try $0.insert(Self.newVersion(), created: Date()) }
            #expect(try catalog.read { try $0.layerVersion(version.arn) } == version)
            #expect(version.compatibleRuntimes == ["python3.13"])
            #expect(version.compatibleArchitectures == nil)
        }
    }

    @Test func listsAreNewestFirstAndByName() async throws {
        try await Self.withCatalog { catalog in
            for name in ["b", "a", "b"] { _ = try await catalog.write { try $0.insert(Self.newVersion(name), created: Date()) } }
            let versions = try catalog.read { try $0.layerVersions(LayerARN(scope: Self.scope, name: "b"), below: nil, limit: 9) }
            #expect(versions.map(\.arn.version) == [2, 1])
            let all = try catalog.read { try $0.latestLayerVersions(in: Self.scope, after: "", limit: 9) }
            #expect(all.map { "\($0.arn.layer.name)\($0.arn.version)" } == ["a1", "b2"])
        }
    }
}

@Suite struct DataFolderTests {
    @Test func aBlobIsThereUnderItsHashOnceItIsCommitted() async throws {
        try await withTemporaryFolder { folder in
            let store = try DiskBlobStore(root: folder, catalog: try Catalog(path: folder.appending("catalog.sqlite")))
            let writer = try store.makeWriter(store.makePins())
            for piece in ["hel", "lo"] { try Array(piece.utf8).withUnsafeBytes { try writer.write($0) } }
            let blob = try await writer.commit()
            #expect(blob.digest == SHA256Digest(of: "hello".utf8))
            #expect(blob.size == 5)
            #expect(try store.file(blob.digest.hexadecimal).read() == Array("hello".utf8))
            #expect(try folder.appending("ingest").list() == [])
        }
    }

    @Test func anAbandonedWriterLeavesNothing() async throws {
        try await withTemporaryFolder { folder in
            let store = try DiskBlobStore(root: folder, catalog: try Catalog(path: folder.appending("catalog.sqlite")))
            let writer = try store.makeWriter(store.makePins())
            try Array("hello".utf8).withUnsafeBytes { try writer.write($0) }
            writer.abandon()
            #expect(try folder.appending("ingest").list() == [])
            #expect(try folder.appending("blobs/sha256").list().allSatisfy { try folder.appending("blobs/sha256/\($0)").list().isEmpty })
        }
    }

    /// A folder that this process has had before. Programs that other tests start have its descriptors for a moment, and so the lock.
    private static func reopened(_ folder: FilePath) async throws -> DataFolder {
        for _ in 0..<10_000 {
            do {
                return try DataFolder(folder)
            } catch let error as LaminaError where error.code == .unavailable {
                await Task.yield()
            }
        }
        return try DataFolder(folder)
    }

    @Test func aStartSweepsWhatNoOneRefersToAndKeepsTheRest() async throws {
        try await withTemporaryFolder { root in
            let path = root.appending("data")
            var kept = "", lost = ""
            do {
                let data = try DataFolder(path)
                for name in ["kept", "lost"] {
                    let writer = try data.blobs.makeWriter(data.blobs.makePins())
                    try Array(name.utf8).withUnsafeBytes { try writer.write($0) }
                    let blob = try await writer.commit()
                    if name == "kept" { kept = blob.digest.hexadecimal } else { lost = blob.digest.hexadecimal }
                }
                _ = try await data.catalog.write { try $0.insert(CatalogTests.newVersion(bytes: "kept"), created: Date()) }
            }
            try path.appending("ingest/half").write("half of an upload")
            let data = try await Self.reopened(path)
            #expect(try data.blobs.file(kept).read() == Array("kept".utf8))
            #expect(throws: LaminaError.self) { try data.blobs.file(lost) }
            #expect(try path.appending("ingest").list() == [])
        }
    }

    @Test func aFolderIsHeldByOneServerAtATime() async throws {
        try await withTemporaryFolder { folder in
            let first = try DataFolder(folder)
            let error = #expect(throws: LaminaError.self) { try DataFolder(folder) }
            #expect(error?.code == .unavailable)
            withExtendedLifetime(first) {}
        }
    }

    @Test func theRootKeyIsMadeOnceAndStays() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: LaminaError.self) { try DataFolder.rootKey(of: folder) }
            do { _ = try DataFolder(folder) }
            let key = try DataFolder.rootKey(of: folder)
            #expect(key.account == "000000000000")
            #expect(key.id.count == 20)
            #expect(key.secret.count == 40)
            do { _ = try await Self.reopened(folder) }
            #expect(try DataFolder.rootKey(of: folder) == key)
        }
    }
}
