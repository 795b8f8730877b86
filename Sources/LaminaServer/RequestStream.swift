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
        for try await buffer in body {
            try buffer.withUnsafeReadableBytes { bytes in
                if isHashed { digest.update(bytes) }
                try consume(bytes)
            }
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
        for try await buffer in body {
            try buffer.withUnsafeReadableBytes { try decoder.decode($0, emit: consume) }
        }
        return try decoder.finish()
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
