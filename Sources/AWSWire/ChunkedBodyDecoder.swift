import Checksum
import LaminaErrors

/// Takes an `aws-chunked` body apart: `SIZE[;chunk-signature=…]\r\n DATA \r\n … 0\r\n trailers \r\n\r\n` (AWS: "Amazon S3: SigV4 streaming"). No I/O.
public struct ChunkedBodyDecoder: ~Copyable {
    private enum State {
        case size
        case data(left: Int)
        case dataEnd
        case trailer
        /// The trailers' signature is next.
        case trailerSignature
        /// Nothing but the last, empty line may come.
        case lastLine
        /// One more empty line is taken: minio-go sends it.
        case done
        case closed
    }

    /// A line behind the last chunk that is no trailing header.
    public struct MalformedTrailer: Error {
        init() {}
    }

    private static let lineLimit = 16_384

    private var state = State.size
    private var line: [UInt8] = []
    private var signatures: ChunkSignatureVerifier?
    private var chunkSignature: String?
    private var digest = MessageDigest(.sha256)
    private var signedTrailers: [UInt8] = []
    /// Whether a signature over the trailers has yet to come.
    private var awaitsTrailerSignature: Bool
    /// The trailing headers by lower-case name.
    public private(set) var trailers: [String: String] = [:]

    /// - Parameter signatures: Given where each chunk is signed.
    /// - Parameter hasSignedTrailer: Whether the trailers are signed too, as `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER` announces.
    public init(signatures: ChunkSignatureVerifier?, hasSignedTrailer: Bool = false) {
        self.signatures = signatures
        awaitsTrailerSignature = hasSignedTrailer
    }

    /// Decodes a piece and hands out the data in it.
    ///
    /// - Throws: ``LaminaError`` `corrupt` for what does not follow the format, ``MalformedTrailer``, ``SigV4Error`` for a wrong signature.
    public mutating func decode(_ bytes: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if case .data(let left) = state {
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(left))
                if signatures != nil { digest.update(part) }
                try emit(part)
                rest = rest.dropFirst(part.count)
                state = part.count == left ? .dataEnd : .data(left: left - part.count)
                continue
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            line += rest[..<(end ?? rest.endIndex)]
            guard line.count <= Self.lineLimit else { throw LaminaError(.corrupt, "a chunk's header is too long") }
            guard let end else { return }
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line.removeAll(keepingCapacity: true)
            try consume(text)
        }
    }

    /// - Throws: ``LaminaError`` `corrupt` when the last chunk did not come.
    public consuming func finish() throws -> [String: String] {
        switch state {
        case _ where !line.isEmpty: throw LaminaError(.corrupt, "the chunked body ends in the middle of a line")
        case .trailer where awaitsTrailerSignature, .trailerSignature: throw SigV4Error.mismatch
        case .trailer, .lastLine, .done, .closed: return trailers
        case .size, .data, .dataEnd: throw LaminaError(.corrupt, "the chunked body ends in the middle")
        }
    }

    private mutating func consume(_ line: String) throws {
        switch state {
        case .size:
            let parts = line.split(separator: ";", maxSplits: 1)
            guard let size = parts.first.flatMap({ Int($0, radix: 16) }), parts[0].allSatisfy(\.isHexDigit) else {
                throw LaminaError(.corrupt, "a chunk has the size '\(line)'")
            }
            chunkSignature = parts.count > 1 ? parts[1].split(separator: "=").last.map(String.init) : nil
            if size == 0 {
                try verifyChunk()
                state = .trailer
            } else {
                state = .data(left: size)
            }
        case .dataEnd:
            guard line.isEmpty else { throw LaminaError(.corrupt, "a chunk is longer than it says") }
            try verifyChunk()
            state = .size
        case .trailer:
            // minio-go sends an empty line before the signature too.
            if line.isEmpty { state = awaitsTrailerSignature ? .trailerSignature : .done } else { try consumeTrailer(line) }
        case .trailerSignature:
            guard line.lowercased().hasPrefix(Self.signatureName + ":") else { throw MalformedTrailer() }
            try consumeTrailer(line)
        case .lastLine:
            guard line.isEmpty else { throw MalformedTrailer() }
            state = .done
        case .done:
            guard line.isEmpty else { throw LaminaError(.corrupt, "bytes come behind the last chunk") }
            state = .closed
        case .data, .closed: throw LaminaError(.corrupt, "bytes come behind the last chunk")
        }
    }

    private static let signatureName = "x-amz-trailer-signature"

    private mutating func consumeTrailer(_ line: String) throws {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { throw MalformedTrailer() }
        let name = parts[0].lowercased()
        func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }
        let value = String(parts[1].drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        if name == Self.signatureName {
            try signatures?.verifyTrailer(digest: Hexadecimal.encode(MessageDigest.hash(signedTrailers)), signature: value)
            awaitsTrailerSignature = false
            state = .lastLine
        } else {
            guard signedTrailers.count + line.utf8.count <= Self.lineLimit else { throw MalformedTrailer() }
            trailers[name] = value
            signedTrailers += Array("\(name):\(value)\n".utf8)
        }
    }

    private mutating func verifyChunk() throws {
        guard signatures != nil else { return }
        guard let chunkSignature else { throw SigV4Error.mismatch }
        try signatures?.verifyChunk(digest: Hexadecimal.encode(digest.finalize()), signature: chunkSignature)
        digest = MessageDigest(.sha256)
    }
}
