import ELFFile
import LaminaErrors
import ZipArchive

/// The ELF files of a layer or of one package, by their paths.
public struct BinaryIndex: Codable, Sendable {
    public var files: [String: ELFFile] = [:]
    /// Files that begin as ELF files and cannot be read as such, with the reason.
    public var unreadable: [String: String] = [:]
    /// All files that were looked at, ELF or not.
    public var covered: Set<String> = []

    public init() {}

    private enum CodingKeys: String, CodingKey { case files, unreadable }
}

extension BinaryIndex {
    /// Reads every ELF file among the entries of a zip, on all cores.
    public init(_ zip: ZipReader) async throws {
        // A shared object of less than 64 bytes has no header; text by its usual names is passed over unread.
        let skipped: Set = ["py", "pyi", "txt", "json", "h", "pyc", "md", "html", "c", "pyx", "pxd", "f90", "csv"]
        let candidates = zip.entries.filter {
            $0.kind == .file && $0.size >= 64 && $0.size <= 1 << 30
                && !skipped.contains($0.path.split(separator: ".").last.map(String.init) ?? "")
        }.sorted { $0.size > $1.size }
        let queue = IndexQueue(count: candidates.count)
        let parts = try await withThrowingTaskGroup(of: [(String, Result<ELFFile, LaminaError>)].self) { group in
            for _ in 0..<min(availableCores(), candidates.count) {
                group.addTask {
                    let scratch = EntryScratch()
                    var found: [(String, Result<ELFFile, LaminaError>)] = []
                    while let index = queue.take() {
                        let entry = candidates[index]
                        try await MemoryBudget.shared.hold(entry.size) {
                            // A large entry's memory is given back at once.
                            let scratch = entry.size < MemoryBudget.smallEntry ? scratch : EntryScratch()
                            try scratch.withContent(of: entry, in: zip) { bytes in
                                guard ELFFile.hasMagic(bytes) else { return }
                                found.append((entry.path, Result { () throws(LaminaError) in try Self.read(bytes) }))
                            }
                        }
                    }
                    return found
                }
            }
            var all: [(String, Result<ELFFile, LaminaError>)] = []
            for try await part in group { all += part }
            return all
        }
        for (path, result) in parts {
            switch result {
            case .success(let file): files[path] = file
            case .failure(let error): unreadable[path] = error.message
            }
        }
        covered = Set(zip.entries.map(\.path))
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(LaminaError) -> ELFFile {
        do {
            return try ELFFile(bytes)
        } catch let error as LaminaError {
            throw error
        } catch {
            throw LaminaError(.corrupt, "cannot be read", cause: error)
        }
    }

    /// The index under other paths; what has none in `paths` is left out.
    public func renamed(_ paths: [String: String]) -> BinaryIndex {
        var index = BinaryIndex()
        for (path, file) in files { index.files[paths[path] ?? ""] = file }
        for (path, reason) in unreadable { index.unreadable[paths[path] ?? ""] = reason }
        index.covered = Set(covered.compactMap { paths[$0] })
        index.files[""] = nil
        index.unreadable[""] = nil
        return index
    }

    public mutating func merge(_ other: BinaryIndex) {
        files.merge(other.files) { _, later in later }
        unreadable.merge(other.unreadable) { _, later in later }
        covered.formUnion(other.covered)
    }
}
