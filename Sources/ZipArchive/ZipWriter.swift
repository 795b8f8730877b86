import Checksum
import LaminaErrors
import SystemPackage

/// Writes a zip whose bytes depend on its contents alone: sorted by path, one fixed time, modes 0755 or 0644, symlinks kept.
///
/// Compressed entries of other zips are copied as they are; the rest is deflated on all cores. Memory stays bounded: what is to be
/// deflated is taken in batches.
public struct ZipWriter: Sendable {
    /// libdeflate's level, 0 to 12, for what has to be deflated.
    public var level: Int

    public init(level: Int = 6) { self.level = level }

    /// What was written.
    public struct Summary: Sendable {
        /// Bytes of the zip.
        public var fileSize: Int
        /// Bytes of all entries, inflated.
        public var totalSize: Int
        public var entries: Int
        public var digest: SHA256Digest
    }

    /// Writes the zip to a new file and reports its size and digest.
    ///
    /// - Parameter progress: Called with the count of inflated bytes that each written entry stands for.
    /// - Throws: ``LaminaError`` `unsafe` for names that ``PathRules`` refuses, `inputOutput`, `corrupt`.
    public func write(_ contents: [ZipContent], to path: FilePath, progress: @Sendable (Int) -> Void = { _ in }) async throws -> Summary {
        let sorted = contents.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        var rules = PathRules()
        for content in sorted {
            try rules.admit(content.path, content.kind)
            if case .symbolicLink(let target) = content.source { try PathRules.checkLink(content.path, target: target) }
        }
        try rules.checkParents()

        let output: ZipOutput
        do {
            output = try ZipOutput(path)
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot create \(path)")
        }
        defer { output.close() }
        var directory = DirectoryBuilder()
        for batch in DeflateBatch.split(sorted) {
            let deflated = try await batch.deflate(level: level)
            for index in batch.range {
                let content = sorted[index]
                if content.isStreamed {
                    try stream(content, beside: path, to: output, &directory)
                } else {
                    try write(content, deflated[index], to: output, &directory)
                }
                progress(content.size)
            }
        }
        try output.append(directory.finish(at: output.offset))
        return Summary(
            fileSize: try output.finish(), totalSize: sorted.reduce(0) { $0 + $1.size }, entries: sorted.count, digest: output.digest())
    }

    private func stream(_ content: ZipContent, beside path: FilePath, to output: ZipOutput, _ directory: inout DirectoryBuilder) throws {
        let folder = path.removingLastComponent()
        let deflated = try StreamedEntry(content, level: level, in: folder.isEmpty ? "." : folder)
        let isDeflated = deflated.compressedSize < deflated.size
        let header = EntryHeader(
            content, isDeflated: isDeflated, crc32: deflated.crc32, compressedSize: isDeflated ? deflated.compressedSize : deflated.size,
            size: deflated.size, offset: output.offset)
        try output.append(header.local)
        if isDeflated {
            try output.copy(deflated.compressedSize, from: deflated.bytes, at: 0)
        } else {
            try ContentStream().read(content) { piece in
                try output.append(piece)
                return true
            }
        }
        directory.add(header)
    }

    private func write(
        _ content: ZipContent, _ deflated: CompressedData?, to output: ZipOutput, _ directory: inout DirectoryBuilder
    ) throws {
        if let deflated {
            let header = EntryHeader(
                content, isDeflated: deflated.isDeflated, crc32: deflated.crc32, compressedSize: deflated.bytes.count, size: deflated.size,
                offset: output.offset)
            try output.append(header.local)
            try output.append(deflated.bytes)
            directory.add(header)
        } else if case .transplant(let zip, let entry) = content.source {
            try zip.requireReadable(entry)
            let header = EntryHeader(
                content, isDeflated: true, crc32: entry.crc32, compressedSize: entry.compressedSize, size: entry.size, offset: output.offset
            )
            try output.append(header.local)
            try output.copy(entry.compressedSize, from: zip.bytes, at: try zip.dataOffset(of: entry))
            directory.add(header)
        }
    }
}
