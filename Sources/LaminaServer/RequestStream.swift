import AWSWire
import Checksum
import Hummingbird
import LambdaModel
import LaminaErrors
import NIOCore

/// A request's body, which is proved to be the signed one when it has been read to its end.
///
/// Whoever reads it must read it whole before anything is changed: the last step may throw.
struct RequestStream: Sendable {
    /// How the body's bytes are bound to the signature.
    enum Proof: Sendable {
        /// Nothing to prove.
        case none
        /// The body's digest is part of the signature, which waits for it.
        case digest(SigV4Verifier)
        /// The body's digest was declared, and the signature over it is verified.
        case declared(String)
        /// aws-chunked, with or without a signature a chunk.
        case chunks(ChunkSignatureVerifier?, hasSignedTrailer: Bool = false)
    }

    let body: RequestBody
    let proof: Proof

    /// Whether the body is aws-chunked.
    var isChunked: Bool {
        if case .chunks = proof { true } else { false }
    }

    /// Hands out the body piece by piece, and proves it. Gives the trailing headers.
    ///
    /// - Throws: `SigV4Error`, `LaminaError` for a body that is cut short, and what `consume` throws.
    func read(_ consume: (UnsafeRawBufferPointer) throws -> Void) async throws -> [String: String] {
        if case .chunks(let signatures, let hasSignedTrailer) = proof {
            return try await readChunks(ChunkedBodyDecoder(signatures: signatures, hasSignedTrailer: hasSignedTrailer), consume)
        }
        var digest = MessageDigest(.sha256)
        var isHashed = true
        if case .none = proof { isHashed = false }
        try await readPieces { bytes in
            if isHashed { digest.update(bytes) }
            try consume(bytes)
        }
        switch proof {
        case .digest(let verifier): try verifier.verify(payload: Hexadecimal.encode(digest.finalize()))
        case .declared(let declared): guard Hexadecimal.encode(digest.finalize()) == declared else { throw SigV4Error.bodyMismatch }
        case .none, .chunks: break
        }
        return [:]
    }

    private func readChunks(
        _ decoder: consuming ChunkedBodyDecoder, _ consume: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> [String: String] {
        var decoder = decoder
        do {
            try await readPieces { try decoder.decode($0, emit: consume) }
            return try decoder.finish()
        } catch is ChunkedBodyDecoder.MalformedTrailer {
            throw S3Error.malformedTrailer
        }
    }

    /// - Throws: ``LaminaError`` `corrupt` where the client ends before its body does, and what `consume` throws.
    private func readPieces(_ consume: (UnsafeRawBufferPointer) throws -> Void) async throws {
        var pieces = body.makeAsyncIterator()
        func next() async throws -> ByteBuffer? {
            do {
                return try await pieces.next()
            } catch {
                throw LaminaError(.corrupt, "the request's body ends early", cause: error)
            }
        }
        while let piece = try await next() { try piece.withUnsafeReadableBytes(consume) }
    }

    /// The whole body, of at most so many bytes.
    ///
    /// - Throws: ``LaminaError`` `limitExceeded` beyond them.
    func collect(limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try await read { piece in
            guard bytes.count + piece.count <= limit else {
                throw LaminaError(.limitExceeded, "the request's body is larger than \(limit) bytes")
            }
            bytes += piece
        }
        return bytes
    }
}
