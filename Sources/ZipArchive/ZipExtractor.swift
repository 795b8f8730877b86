import LaminaErrors
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Unpacks a zip into a folder on all cores.
///
/// All names are checked before the first byte is written, files are made with `O_EXCL` and `O_NOFOLLOW`, and symlinks come last, so
/// that nothing is ever written through one. On an error the folder holds a part: extract into a temporary one and rename it.
public struct ZipExtractor: Sendable {
    /// The most bytes that the entries may have together, inflated.
    public var totalSizeLimit: Int
    /// Files unpacked at a time.
    public var workers: Int

    public init(totalSizeLimit: Int = 1 << 40, workers: Int = availableCores()) {
        self.totalSizeLimit = totalSizeLimit
        self.workers = workers
    }

    /// Extracts every entry below `root`, which must exist and be empty.
    ///
    /// - Throws: ``LaminaError``, naming the entry: `unsafe` for names and symlinks that leave the root, duplicates, devices, and
    ///   entries larger than they declare; `unsupported` for encryption and unknown methods; `corrupt`; `limitExceeded`.
    public func extract(_ zip: ZipReader, to root: FilePath) async throws {
        guard zip.totalSize <= totalSizeLimit else {
            throw LaminaError(.limitExceeded, "unpacks to \(zip.totalSize) bytes; at most \(totalSizeLimit) are allowed")
        }
        try PathRules.check(zip.entries)
        for entry in zip.entries { try zip.requireReadable(entry) }
        try makeDirectories(zip.entries, root)

        // The largest first, so that no core is left alone with it at the end.
        let files = zip.entries.filter { $0.kind == .file }.sorted { $0.size > $1.size }
        let queue = IndexQueue(count: files.count)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, min(workers, files.count)) {
                group.addTask {
                    let scratch = EntryScratch()
                    while let index = queue.take() {
                        try Task.checkCancellation()
                        try scratch.withContent(of: files[index], in: zip) { try Self.write($0, files[index], root) }
                    }
                }
            }
            try await group.waitForAll()
        }
        for link in zip.entries where link.kind == .symbolicLink { try makeLink(link, zip, root) }
        // Last, since a directory may be made unwritable by its own entry.
        for directory in zip.entries.reversed() where directory.kind == .directory {
            try requireSuccess(chmod(root.appending(directory.path).string, mode_t(directory.permissions & 0o777 | 0o700)), directory.path)
        }
    }

    private func makeDirectories(_ entries: [ZipEntry], _ root: FilePath) throws {
        var made: Set<Substring> = []
        for entry in entries {
            var path = entry.path[...]
            if entry.kind != .directory { path = path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
            if path.hasSuffix("/") { path = path.dropLast() }
            guard !path.isEmpty, !made.contains(path) else { continue }
            var end = path.startIndex
            repeat {
                end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
                if made.insert(path[..<end]).inserted {
                    try requireSuccess(mkdir(root.appending(String(path[..<end])).string, 0o755), entry.path)
                }
            } while end < path.endIndex
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry, _ root: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                root.appending(entry.path), .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(entry.permissions & 0o777)))
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(entry.path)")
        }
    }

    private func makeLink(_ entry: ZipEntry, _ zip: ZipReader, _ root: FilePath) throws {
        let target = String(decoding: try zip.read(entry, limit: Int(PATH_MAX)), as: UTF8.self)
        try PathRules.checkLink(entry.path, target: target)
        try requireSuccess(symlink(target, root.appending(entry.path).string), entry.path)
    }

    private func requireSuccess(_ result: Int32, _ path: String) throws {
        guard result == 0 else { throw LaminaError.system(errno, "cannot make \(path)") }
    }
}
