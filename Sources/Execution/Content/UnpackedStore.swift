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
    private let root: FilePath
    private let sizeLimit: Int
    private let ageLimit: Duration
    private var leases: [String: (lock: TreeLock, count: Int)] = [:]
    private var unpacking: [String: Task<Void, any Error>] = [:]

    /// - Parameters:
    ///   - sizeLimit: Bytes of unpacked trees, those in use included.
    ///   - ageLimit: How long a tree stays that is not used.
    init(root: FilePath, sizeLimit: Int, ageLimit: Duration) throws {
        self.root = root
        self.sizeLimit = sizeLimit
        self.ageLimit = ageLimit
        try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        chmod(root.string, 0o700)
        try Self.removeUntrusted(root)
    }

    /// The folder of an unpacked zip, which stays until as many ``release(_:)`` as leases.
    ///
    /// - Parameters:
    ///   - isFixed: Whether the zip's bytes are sure to stay what they are; where not, its hash is proved once it is unpacked.
    ///   - zip: Where the zip lies; asked only when it is not unpacked yet.
    func lease(_ sha256: String, isFixed: Bool = true, zip: @escaping @Sendable () throws -> FilePath) async throws -> FilePath {
        while true {
            if let lease = leases[sha256] {
                leases[sha256] = (lease.lock, lease.count + 1)
                return tree(sha256)
            }
            // Null when another unpacks or removes it at this moment.
            if access(tree(sha256).string, F_OK) == 0, let lock = try TreeLock(lockFile(sha256), isShared: true, waits: false),
                access(tree(sha256).string, F_OK) == 0
            {
                lock.touch()
                leases[sha256] = (lock, 1)
                return tree(sha256)
            }
            let task = unpacking[sha256] ?? Task { try await unpack(sha256, isFixed, zip) }
            unpacking[sha256] = task
            defer { if unpacking[sha256] == task { unpacking[sha256] = nil } }
            try await task.value
        }
    }

    func release(_ sha256: String) {
        guard let lease = leases[sha256] else { return }
        leases[sha256] = lease.count > 1 ? (lease.lock, lease.count - 1) : nil
        lease.lock.touch()
    }

    private func tree(_ sha256: String) -> FilePath { root.appending(sha256) }

    private func lockFile(_ sha256: String) -> FilePath { root.appending("\(sha256).lock") }

    /// Unpacks a zip unless another process has done it meanwhile.
    private nonisolated func unpack(_ sha256: String, _ isFixed: Bool, _ zip: @Sendable () throws -> FilePath) async throws {
        let (folder, lockFile) = (root.appending(sha256), root.appending("\(sha256).lock"))
        let lock = try await onBlockingThread { try TreeLock(lockFile, isShared: false, waits: true) }
        guard let lock, access(folder.string, F_OK) != 0 else { return }
        let temporary = root.appending("\(UUID().uuidString).partial")
        try FileManager.default.createDirectory(atPath: temporary.string, withIntermediateDirectories: false)
        do {
            let file = try zip()
            let reader = try ZipReader(file)
            try await ZipExtractor(totalSizeLimit: Limits.unzipped).extract(reader, to: temporary)
            if !isFixed { try Self.prove(file, sha256) }
            guard rename(temporary.string, folder.string) == 0 else { throw LaminaError.system(errno, "cannot keep an unpacked zip") }
            lock.share(size: reader.totalSize)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary.string)
            lock.remove()
            throw error
        }
        await evict()
    }

    /// Removes trees that no process uses: those unused for too long, and of the others the longest unused while there are too many bytes.
    func evict() {
        removeLeftovers()
        let now = Date()
        let trees = unpackedTrees().sorted { $0.lastUse < $1.lastUse }
        var excess = trees.reduce(0) { $0 + $1.size } - sizeLimit
        for tree in trees where leases[tree.sha256] == nil {
            guard excess > 0 || now.timeIntervalSince(tree.lastUse) > ageLimit / .seconds(1),
                let lock = (try? TreeLock(lockFile(tree.sha256), isShared: false, waits: false)).flatMap({ $0 })
            else { continue }
            // Under another name first: what a crash leaves of it is then no tree.
            let doomed = root.appending("\(UUID().uuidString).partial").string
            guard rename(self.tree(tree.sha256).string, doomed) == 0 || errno == ENOENT else { continue }
            lock.remove()
            excess -= tree.size
            DispatchQueue.global().async { try? FileManager.default.removeItem(atPath: doomed) }
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

    /// What a crash left.
    private func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root.string)) ?? [] where name.hasSuffix(".partial") {
            let path = root.appending(name).string
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            if let made = attributes?[.modificationDate] as? Date, made.timeIntervalSinceNow < -3600 {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }

    private func unpackedTrees() -> [(sha256: String, size: Int, lastUse: Date)] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.string)) ?? []).compactMap { name in
            guard name.hasSuffix(".lock") else { return nil }
            let path = root.appending(name).string
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let lastUse = attributes?[.modificationDate] as? Date else { return nil }
            let size = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0) } ?? 0
            return (String(name.dropLast(5)), size, lastUse)
        }
    }

    /// Trees are not synced, so none is trusted that was unpacked before the machine last started; nor is what a crash left.
    private static func removeUntrusted(_ root: FilePath) throws {
        guard let lock = try TreeLock(root.appending("start.id"), isShared: false, waits: true) else { return }
        defer { withExtendedLifetime(lock) {} }
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let mark = root.appending("boot.id").string
        guard boot.isEmpty || (try? String(contentsOfFile: mark, encoding: .utf8)) != boot else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: root.string) where name != "start.id" {
            try FileManager.default.removeItem(atPath: root.appending(name).string)
        }
        try boot.write(toFile: mark, atomically: true, encoding: .utf8)
    }
}
