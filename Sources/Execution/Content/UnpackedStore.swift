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
        // Trees are not synced, so none is trusted that was unpacked before the machine last started.
        let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let mark = root.appending("boot.id").string
        let isSameBoot = boot != nil && (try? String(contentsOfFile: mark, encoding: .utf8)) == boot
        for name in try files.contentsOfDirectory(atPath: root.string) {
            let parts = name.split(separator: ".")
            // A finished tree is called HASH.SIZE; anything else is the rest of a crash.
            if isSameBoot, parts.count == 2, parts[0].count == 64, let size = Int(parts[1]) {
                trees[String(parts[0])] = Tree(size: size)
            } else {
                try? files.removeItem(atPath: root.appending(name).string)
            }
        }
        if !isSameBoot { try boot?.write(toFile: mark, atomically: true, encoding: .utf8) }
    }

    /// The folder of an unpacked zip, which stays until as many ``release(_:)`` as leases.
    func lease(_ sha256: String) async throws -> FilePath {
        // Between the end of an unpacking and this task's turn the tree may be evicted again.
        while trees[sha256] == nil { try await unpack(sha256) }
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

    /// Unpacks, once for all who ask at the same time. Whoever of them goes on first notes the result for all.
    private func unpack(_ sha256: String) async throws {
        let task = unpacking[sha256] ?? unpackingTask(sha256)
        unpacking[sha256] = task
        let result = await task.result
        if unpacking[sha256] == task {
            unpacking[sha256] = nil
            if case .success(let size) = result { trees[sha256] = Tree(size: size) }
        }
        _ = try result.get()
    }

    private nonisolated func unpackingTask(_ sha256: String) -> Task<Int, any Error> {
        Task { [root, blobs] in
            let temporary = root.appending("\(UUID().uuidString).partial")
            try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: false)
            do {
                let zip = try ZipReader(try blobs.file(sha256))
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
    }

    private func evict() {
        let unused = trees.filter { $0.value.leases == 0 }
        var excess = unused.values.reduce(0) { $0 + $1.size } - sizeLimit
        for (sha256, tree) in unused.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where excess > 0 {
            // Under another name first: what a crash leaves of it is then no tree.
            let doomed = root.appending("\(UUID().uuidString).partial").string
            guard rename(path(sha256).string, doomed) == 0 else { continue }
            trees[sha256] = nil
            excess -= tree.size
            DispatchQueue.global().async { try? FileManager.default.removeItem(atPath: doomed) }
        }
    }
}
