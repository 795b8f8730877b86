import ELFFile
import LaminaErrors
import ZipArchive

extension ContentIndex {
    /// Bytes up to which a file is read in one piece, which is several times as fast.
    private static let wholeSize = 48 << 20

    /// Reads files on all cores.
    ///
    /// - Parameter verifies: Whether each is read to its end, against the zip's own checksums, though less would do.
    /// - Throws: ``LaminaError`` for a file that cannot be read.
    public init(reading files: [LayerFile], verifies: Bool = false) async throws {
        let candidates = files.filter { $0.kind == .file && (verifies || Self.isCandidate($0)) }.sorted { $0.size > $1.size }
        let queue = IndexQueue(count: candidates.count)
        self = try await withThrowingTaskGroup(of: ContentIndex.self) { group in
            for _ in 0..<min(availableCores(), candidates.count) {
                group.addTask {
                    let reader = FileFacts(verifies: verifies)
                    var index = ContentIndex()
                    while let turn = queue.take() {
                        try Task.checkCancellation()
                        try await reader.read(candidates[turn], into: &index)
                    }
                    return index
                }
            }
            var whole = ContentIndex()
            for try await part in group { whole.merge(part) }
            return whole
        }
        covered = Set(files.map(\.path))
    }

    /// Whether a file's bytes can tell something. An ELF file of less than 64 bytes has no header; text by its usual names is passed over.
    private static func isCandidate(_ file: LayerFile) -> Bool {
        let skipped: Set<Substring> = ["pyi", "txt", "json", "h", "pyc", "md", "html", "c", "pyx", "pxd", "f90", "csv", "js", "ts", "map"]
        return file.size >= 64 && !skipped.contains(file.name.split(separator: ".").last ?? "")
    }

    /// Reads one file after another; used by one task.
    private final class FileFacts {
        private let verifies: Bool
        private let scratch = EntryScratch()
        private let stream = ContentStream()

        init(verifies: Bool) { self.verifies = verifies }

        func read(_ file: LayerFile, into index: inout ContentIndex) async throws {
            guard file.size <= ContentIndex.wholeSize else { return try readPieces(of: file, into: &index) }
            // Its compressed form is held too.
            try await MemoryBudget.shared.hold(file.size + (file.zippedSize ?? 0)) {
                try withBytes(of: file) { bytes in
                    if ELFFile.hasMagic(bytes) {
                        index.record(file.path) { try ELFFile(bytes) }
                    } else if file.path.hasSuffix(".py") {
                        let uses = LibraryUse.find(in: bytes)
                        if !uses.isEmpty { index.libraryUses[file.path] = uses }
                    }
                }
            }
        }

        private func readPieces(of file: LayerFile, into index: inout ContentIndex) throws {
            var scan = ELFScan(count: file.size)
            var isELF: Bool?
            while true {
                let isFirstPass = isELF == nil
                try stream.read(file.content) { piece in
                    if isELF == nil { isELF = ELFFile.hasMagic(piece) }
                    let wantsMore = isELF == true && scan.take(piece)
                    return wantsMore || verifies && isFirstPass
                }
                guard isELF == true else { return }
                var outcome: ELFScan.Outcome?
                index.record(file.path) {
                    outcome = try scan.finish()
                    if case .file(let binary)? = outcome { return binary }
                    return nil
                }
                guard case .again? = outcome else { return }
            }
        }

        private func withBytes(of file: LayerFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
            if case .transplant(let zip, let entry) = file.content.source {
                // A large one's memory is given back at once.
                let scratch = file.size < MemoryBudget.smallEntry ? scratch : EntryScratch()
                return try scratch.withContent(of: entry, in: zip, body)
            }
            try file.content.bytes().withUnsafeBytes(body)
        }
    }

    /// Notes what a file is, or why that cannot be told.
    private mutating func record(_ path: String, _ read: () throws -> ELFFile?) {
        do {
            if let binary = try read() { binaries[path] = binary }
        } catch let error as LaminaError {
            unreadable[path] = error.message
        } catch {
            unreadable[path] = "\(error)"
        }
    }
}
