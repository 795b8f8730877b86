import Foundation
import LambdaModel
import LaminaErrors
import Storage
import SystemPackage
import ZipArchive

/// Zips unpacked once a machine, by their hash: layers and deployment packages.
///
/// A tree in use is leased and stays; of the others, the longest unused go when the store outgrows its limit.
actor UnpackedStore {
    private struct Tree {
        var size: Int
        var leases = 0
        var lastUse = ContinuousClock.now
    }

    private let root: FilePath
    private let blobs: any BlobStore
    private let sizeLimit: Int
    private var trees: [String: Tree] = [:]
    private var unpacking: [String: Task<Int, any Error>] = [:]

    /// - Parameter sizeLimit: Bytes of unpacked trees that are kept beyond those in use.
    init(root: FilePath, blobs: any BlobStore, sizeLimit: Int) throws {
        self.root = root
        self.blobs = blobs
        self.sizeLimit = sizeLimit
        let files = FileManager.default
        try files.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: root.string) {
            let parts = name.split(separator: ".")
            // A finished tree is called HASH.SIZE; anything else is the rest of a crash.
            if parts.count == 2, parts[0].count == 64, let size = Int(parts[1]) {
                trees[String(parts[0])] = Tree(size: size)
            } else {
                try? files.removeItem(atPath: root.appending(name).string)
            }
        }
    }

    /// The folder of an unpacked zip, which stays until as many ``release(_:)`` as leases.
    func lease(_ sha256: String) async throws -> FilePath {
        if trees[sha256] == nil {
            let size = try await unpack(sha256)
            if trees[sha256] == nil { trees[sha256] = Tree(size: size) }
        }
        trees[sha256]?.leases += 1
        trees[sha256]?.lastUse = .now
        evict()
        return path(sha256)
    }

    func release(_ sha256: String) {
        trees[sha256]?.leases -= 1
        trees[sha256]?.lastUse = .now
    }

    private func path(_ sha256: String) -> FilePath { root.appending("\(sha256).\(trees[sha256]?.size ?? 0)") }

    /// Unpacks, once for all who ask at the same time.
    private func unpack(_ sha256: String) async throws -> Int {
        if let running = unpacking[sha256] { return try await running.value }
        let task = Task { [root, blobs] in
            let temporary = root.appending("\(UUID().uuidString).partial")
            try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: false)
            do {
                let zip = try ZipReader(try await blobs.file(sha256))
                try await ZipExtractor(totalSizeLimit: Limits.unzipped).extract(zip, to: temporary)
                guard rename(temporary.string, root.appending("\(sha256).\(zip.totalSize)").string) == 0 else {
                    throw LaminaError.system(errno, "cannot keep an unpacked zip")
                }
                return zip.totalSize
            } catch {
                try? FileManager.default.removeItem(atPath: temporary.string)
                throw error
            }
        }
        unpacking[sha256] = task
        defer { unpacking[sha256] = nil }
        return try await task.value
    }

    private func evict() {
        var excess = trees.values.reduce(0) { $0 + $1.size } - sizeLimit
        for (sha256, tree) in trees.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where excess > 0 && tree.leases == 0 {
            try? FileManager.default.removeItem(atPath: path(sha256).string)
            trees[sha256] = nil
            excess -= tree.size
        }
    }
}
