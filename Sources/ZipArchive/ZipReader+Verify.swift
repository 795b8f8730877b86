import Dispatch
import LaminaErrors
import Synchronization

extension ZipReader {
    /// Inflates every entry to check its size and CRC-32, on all cores and in little memory, and keeps nothing.
    ///
    /// What a directory declares is no promise: a zip may be damaged, or inflate to more than it says.
    ///
    /// - Throws: ``LaminaError`` `corrupt` or `unsafe`, naming the entry.
    public func verifyContents() throws {
        // The largest first, so that no core is left alone with it at the end.
        let files = entries.filter { $0.kind == .file }.sorted { $0.size > $1.size }
        let queue = IndexQueue(count: files.count)
        let failure = Mutex<(any Error)?>(nil)
        // A small zip is read in less time than a second thread takes to begin.
        let workers = totalSize <= 1 << 20 ? 1 : max(1, min(availableCores(), files.count))
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            let verifier = EntryVerifier(self)
            do {
                while failure.withLock({ $0 == nil }), let index = queue.take() { try verifier.verify(files[index]) }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// Checks one entry after another; used by one thread.
private final class EntryVerifier {
    private let reader: ZipReader
    private let scratch = EntryScratch()
    private lazy var stream = EntryStream(reader)

    init(_ reader: ZipReader) { self.reader = reader }

    func verify(_ entry: ZipEntry) throws {
        // A small one is read in one piece, which is faster.
        if max(entry.size, entry.compressedSize) <= EntryStream.pieceSize {
            try scratch.withContent(of: entry, in: reader) { _ in }
        } else {
            try stream.read(entry)
        }
    }
}
