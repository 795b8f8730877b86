import LaminaErrors

/// The bytes of an ELF file, all of them or those parts that a reading of it wants.
struct ELFBytes {
    /// Thrown for bytes that were not kept: read the file again and keep them.
    struct Missing: Error {
        var range: Range<Int>
    }

    private enum Storage {
        case whole(UnsafeRawBufferPointer)
        /// Parts in the order of the file, which do not touch.
        case parts([(offset: Int, bytes: [UInt8])])
    }

    private let storage: Storage
    /// Bytes of the whole file.
    let count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        storage = .whole(bytes)
        count = bytes.count
    }

    init(_ parts: [(offset: Int, bytes: [UInt8])], count: Int) {
        storage = .parts(parts)
        self.count = count
    }

    /// Calls the body with a range's bytes.
    ///
    /// - Throws: `corrupt` where the range leaves the file, ``Missing`` where it was not kept.
    func withBytes<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw LaminaError(.corrupt, "the ELF file is cut short") }
        switch storage {
        case .whole(let bytes): return try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        case .parts(let parts):
            guard
                let part = parts.last(where: { $0.offset <= range.lowerBound }), range.upperBound <= part.offset + part.bytes.count
            else { throw Missing(range: range) }
            return try part.bytes.withUnsafeBytes {
                try body(UnsafeRawBufferPointer(rebasing: $0[range.lowerBound - part.offset..<range.upperBound - part.offset]))
            }
        }
    }
}
