import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Storage
import SystemPackage
import ZipArchive

/// Zips unpacked once a machine, by their hash: layers and deployment packages. Processes of the same user share them.
///
/// A tree in use is leased and stays. Of the others go those that were not used for long, and the longest unused when all outgrow the limit.
actor UnpackedStore {
    private struct Use {
        weak var lock: TreeLock?
    }

    let root: FilePath
    let sizeLimit: Int
    let ageLimit: Duration
    private var uses: [String: Use] = [:]
    private var unpacking: [String: Task<TreeLock, any Error>] = [:]

    /// - Parameters:
    ///   - sizeLimit: Bytes of unpacked trees, those in use included.
    ///   - ageLimit: How long a tree stays that is not used.
    init(root: FilePath, sizeLimit: Int, ageLimit: Duration) throws {
        self.root = root
        self.sizeLimit = sizeLimit
        self.ageLimit = ageLimit
        try Self.makeRoot(root)
    }

    /// An unpacked zip.
    ///
    /// - Parameters:
    ///   - isFixed: Whether the zip's bytes are sure to stay what they are; where not, its hash is proved once it is unpacked.
    ///   - zip: Where the zip lies; asked only when it is not unpacked yet.
    func lease(_ sha256: String, isFixed: Bool = true, zip: @escaping @Sendable () throws -> FilePath) async throws -> TreeLease {
        let tree = root.appending(sha256)
        // Someone may have cleared the cache, under those that use it too.
        if access(root.appending(Self.boot).string, F_OK) != 0 { try Self.makeRoot(root) }
        let isThere = access(tree.string, F_OK) == 0
        if isThere, let lock = uses[sha256]?.lock { return TreeLease(path: tree, lock: lock) }
        // Nil when another unpacks or removes it at this moment.
        if isThere, let lock = try TreeLock(lockFile(sha256), isShared: true, waits: false), access(tree.string, F_OK) == 0 {
            uses[sha256] = Use(lock: lock)
            return TreeLease(path: tree, lock: lock)
        }
        let task = unpacking[sha256] ?? Task { try await unpack(sha256, isFixed, zip) }
        unpacking[sha256] = task
        defer { if unpacking[sha256] == task { unpacking[sha256] = nil } }
        let lock = try await task.value
        uses[sha256] = Use(lock: lock)
        return TreeLease(path: tree, lock: lock)
    }

    /// Removes trees that no process uses: those unused for too long, and of the others the longest unused while there are too many bytes.
    func evict() {
        uses = uses.filter { $0.value.lock != nil }
        removeLeftovers()
        let now = Date()
        let trees = unpackedTrees().sorted { $0.lastUse < $1.lastUse }
        var excess = trees.reduce(0) { $0 + $1.size } - sizeLimit
        for tree in trees {
            guard excess > 0 || now.timeIntervalSince(tree.lastUse) > ageLimit / .seconds(1),
                let lock = try? TreeLock(lockFile(tree.sha256), isShared: false, waits: false),
                Self.discard(root.appending(tree.sha256), in: root)
            else { continue }
            lock.remove()
            excess -= tree.size
        }
    }

    private nonisolated func lockFile(_ sha256: String) -> FilePath { root.appending("\(sha256).lock") }

    /// Unpacks a zip unless another process has done it, or does it; gives the lock that keeps the tree.
    private nonisolated func unpack(_ sha256: String, _ isFixed: Bool, _ zip: @Sendable () throws -> FilePath) async throws -> TreeLock {
        try await onBlockingThreads {
            let folder = root.appending(sha256)
            while true {
                // Whoever unpacks it has the lock alone; whoever has done so shares it at once, and may never let it go.
                if let lock = try TreeLock(lockFile(sha256), isShared: true, waits: true), access(folder.string, F_OK) == 0 { return lock }
                guard let lock = try TreeLock(lockFile(sha256), isShared: false, waits: false) else { continue }
                if access(folder.string, F_OK) != 0 {
                    do {
                        lock.keep(size: try await unpack(zip, to: folder, isFixed ? nil : sha256))
                    } catch {
                        lock.remove()
                        throw error
                    }
                    await evict()
                }
                lock.share()
                return lock
            }
        }
    }

    /// - Parameter sha256: What the zip's hash is to be, where it may have changed.
    /// - Returns: Bytes of the tree.
    private nonisolated func unpack(_ zip: @Sendable () throws -> FilePath, to folder: FilePath, _ sha256: String?) async throws -> Int {
        let temporary = Self.partial(in: root)
        try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: false)
        do {
            // As Lambda's folders are, whatever the umask.
            chmod(temporary.string, 0o755)
            let file = try zip()
            let reader = try ZipReader(file)
            try await ZipExtractor(totalSizeLimit: Limits.unzipped).extract(reader, to: temporary)
            if let sha256 { try Self.prove(file, sha256) }
            guard rename(temporary.string, folder.string) == 0 else { throw LaminaError.system(errno, "cannot keep an unpacked zip") }
            return reader.totalSize
        } catch {
            try? FileManager.default.removeItem(atPath: temporary.string)
            throw error
        }
    }

    /// - Throws: ``LaminaError`` `hashMismatch` when the file was changed since it was hashed.
    private static func prove(_ path: FilePath, _ sha256: String) throws {
        var digest = MessageDigest(.sha256)
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        try file.closeAfter {
            while case let count = try file.read(into: buffer), count > 0 {
                digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        guard SHA256Digest(finishing: &digest).hexadecimal == sha256 else {
            throw LaminaError(.hashMismatch, "\(path) was changed while it was unpacked; try again")
        }
    }
}

/// An unpacked zip in use: it stays as long as a copy of this does.
struct TreeLease: Sendable {
    let path: FilePath
    fileprivate let lock: TreeLock
}
