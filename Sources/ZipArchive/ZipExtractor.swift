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
        try zip.checkExtractable()
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
        // Last, since the modes of directories that have an entry are the zip's.
        for directory in zip.entries.reversed() where directory.kind == .directory {
            try requireSuccess(chmod(root.appending(directory.path).string, mode_t(directory.permissions & 0o777 | 0o700)), directory.path)
        }
    }

    private func makeDirectories(_ entries: [ZipEntry], _ root: FilePath) throws {
        var made: Set<[UInt8]> = []
        for entry in entries {
            var parts = entry.path.utf8.split(separator: UInt8(ascii: "/"))[...]
            if entry.kind != .directory { parts = parts.dropLast() }
            var path: [UInt8] = []
            for part in parts {
                path += part
                if made.insert(path).inserted {
                    let folder = root.appending(String(decoding: path, as: UTF8.self)).string
                    try requireSuccess(mkdir(folder, 0o755), entry.path)
                    try requireSuccess(chmod(folder, 0o755), entry.path)
                }
                path.append(UInt8(ascii: "/"))
            }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry, _ root: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                root.appending(entry.path), .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(entry.permissions & 0o777)))
            try file.closeAfter {
                _ = try file.writeAll(bytes)
                // Whatever the umask is.
                fchmod(file.rawValue, mode_t(entry.permissions & 0o777))
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(entry.path)")
        }
    }

    private func makeLink(_ entry: ZipEntry, _ zip: ZipReader, _ root: FilePath) throws {
        let target = String(decoding: try zip.read(entry, limit: 4096), as: UTF8.self)
        try requireSuccess(symlink(target, root.appending(entry.path).string), entry.path)
    }

    private func requireSuccess(_ result: Int32, _ path: String) throws {
        guard result == 0 else { throw LaminaError.system(errno, "cannot make \(path)") }
    }
}
