import LaminaErrors
import SystemPackage

/// A run of entries whose own bytes, those that have to be deflated, fit into memory together.
struct DeflateBatch {
    /// Bytes to be deflated in one batch, before the last entry.
    private static let size = 16 << 20

    let contents: [ZipContent]
    /// The batch's entries in the order of the zip.
    let range: Range<Int>

    /// Cuts sorted entries into batches.
    static func split(_ contents: [ZipContent]) -> [DeflateBatch] {
        var batches: [DeflateBatch] = []
        var start = 0
        var bytes = 0
        for (index, content) in contents.enumerated() {
            if content.needsDeflating, !content.isStreamed { bytes += content.size }
            if bytes >= size {
                batches.append(DeflateBatch(contents: contents, range: start..<index + 1))
                (start, bytes) = (index + 1, 0)
            }
        }
        if start < contents.count { batches.append(DeflateBatch(contents: contents, range: start..<contents.count)) }
        return batches
    }

    /// Compresses on all cores whatever is not transplanted, but for what is too large to be held.
    func deflate(level: Int) async throws -> [Int: CompressedData] {
        let indices = range.filter { contents[$0].needsDeflating && !contents[$0].isStreamed }
        guard !indices.isEmpty else { return [:] }
        let queue = IndexQueue(count: indices.count)
        return try await withThrowingTaskGroup(of: [(Int, CompressedData)].self) { group in
            for _ in 0..<min(availableCores(), indices.count) {
                group.addTask {
                    let deflater = Deflater(level: level)
                    var done: [(Int, CompressedData)] = []
                    while let turn = queue.take() {
                        let content = contents[indices[turn]]
                        done.append(
                            (indices[turn], try await MemoryBudget.shared.hold(content.size) { deflater.deflate(try content.bytes()) }))
                    }
                    return done
                }
            }
            var all: [Int: CompressedData] = [:]
            for try await part in group {
                for (index, data) in part { all[index] = data }
            }
            return all
        }
    }
}

extension ZipContent {
    /// Whether the entry's compressed bytes cannot be copied from another zip.
    var needsDeflating: Bool {
        guard case .transplant(_, let entry) = source else { return true }
        return entry.method != .deflated
    }

    /// The entry's bytes, inflated.
    package func bytes() throws -> [UInt8] {
        switch source {
        case .transplant(let zip, let entry), .recompressed(let zip, let entry): return try zip.read(entry)
        case .bytes(let bytes): return bytes
        case .symbolicLink(let target): return Array(target.utf8)
        case .directory: return []
        case .file(let path, let size):
            do {
                let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
                return try file.closeAfter { try file.readExactly(size, at: 0) }
            } catch let error as Errno {
                throw LaminaError.system(error.rawValue, "cannot read \(path)")
            }
        }
    }
}
