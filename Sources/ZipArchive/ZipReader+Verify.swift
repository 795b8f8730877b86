import Checksum
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
    /// Bytes up to which an entry is read in one piece, which is faster.
    private static let pieceSize = 1 << 18

    private let reader: ZipReader
    private let scratch = EntryScratch()
    private lazy var inflater = StreamInflater()
    private lazy var input = [UInt8](repeating: 0, count: Self.pieceSize)

    init(_ reader: ZipReader) { self.reader = reader }

    func verify(_ entry: ZipEntry) throws {
        guard max(entry.size, entry.compressedSize) > Self.pieceSize else {
            return try scratch.withContent(of: entry, in: reader) { _ in }
        }
        try reader.requireReadable(entry)
        var checksum = CyclicRedundancyCheck(.crc32)
        var size = 0
        func take(_ bytes: UnsafeRawBufferPointer) throws {
            size += bytes.count
            guard size <= entry.size else {
                throw LaminaError(.unsafe, "\(entry.path): inflates to more than the \(entry.size) bytes that it declares")
            }
            checksum.update(bytes)
        }
        try inflater.reset()
        try forEachPiece(of: entry) { piece in
            if entry.method == .stored { try take(piece) } else { try inflater.inflate(piece, entry.path, take) }
        }
        guard size == entry.size, entry.method == .stored || inflater.hasEnded else {
            throw LaminaError(.corrupt, "\(entry.path): inflates to \(size) bytes; it declares \(entry.size)")
        }
        guard checksum.bytes.elementsEqual(withUnsafeBytes(of: entry.crc32.bigEndian, Array.init)) else {
            throw LaminaError(.corrupt, "\(entry.path): its CRC-32 does not match")
        }
    }

    private func forEachPiece(of entry: ZipEntry, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var offset = try reader.dataOffset(of: entry)
        let end = offset + entry.compressedSize
        while offset < end {
            let count = min(Self.pieceSize, end - offset)
            try input.withUnsafeMutableBytes { input in
                let piece = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
                try reader.bytes.readExactly(into: piece, at: offset)
                try body(UnsafeRawBufferPointer(piece))
            }
            offset += count
        }
    }
}
