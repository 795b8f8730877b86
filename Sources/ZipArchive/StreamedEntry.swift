import Checksum
import LaminaErrors
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// An entry too large to be held in memory, deflated into a nameless file.
struct StreamedEntry: ~Copyable {
    private let file: FileDescriptor
    let crc32: UInt32
    let compressedSize: Int
    let size: Int

    /// - Parameter folder: Where the file is made.
    init(_ content: ZipContent, level: Int, in folder: FilePath) throws {
        let file = try Self.temporary(in: folder)
        do {
            let deflater = try StreamDeflater(level: min(level, 9))
            var checksum = CyclicRedundancyCheck(.crc32)
            var (size, compressedSize) = (0, 0)
            func deflate(_ piece: UnsafeRawBufferPointer, isLast: Bool) throws {
                try deflater.deflate(piece, isLast: isLast) { compressedSize += try file.writeAll($0) }
            }
            try ContentStream().read(content) { piece in
                checksum.update(piece)
                size += piece.count
                try deflate(piece, isLast: false)
                return true
            }
            try deflate(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
            (self.file, self.size, self.compressedSize) = (file, size, compressedSize)
            crc32 = checksum.bytes.reduce(0) { $0 << 8 | UInt32($1) }
        } catch {
            try? file.close()
            guard let error = error as? Errno else { throw error }
            throw LaminaError.system(error.rawValue, "cannot deflate \(content.path) in \(folder)")
        }
    }

    deinit { try? file.close() }

    /// The compressed bytes.
    var bytes: ZipBytes { .file(file) }

    private static func temporary(in folder: FilePath) throws -> FileDescriptor {
        let path = folder.appending(".deflating-\(getpid())-\(UInt64.random(in: 0 ... .max)).partial")
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
            unlink(path.string)
            return file
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot write \(path)")
        }
    }
}

extension ZipContent {
    /// Whether the entry has to be deflated without being held.
    package var isStreamed: Bool { needsDeflating && heldSize > MemoryBudget.largestEntry }

    /// Bytes that deflating the entry takes: its own, the compressed ones that it is read from, and those that it becomes.
    ///
    /// What was compressed once becomes about as large again; of the rest nothing is known, and it may not shrink at all.
    private var heldSize: Int {
        switch source {
        case .transplant(_, let entry), .recompressed(_, let entry): entry.size + 2 * entry.compressedSize
        default: 2 * size
        }
    }
}
