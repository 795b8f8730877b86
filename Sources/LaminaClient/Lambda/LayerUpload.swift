import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import SystemPackage

/// A zip of this machine that is to become a layer version.
public struct LayerUpload: Sendable {
    public let path: FilePath
    /// Bytes of the zip.
    public let size: Int
    public let digest: SHA256Digest

    /// Reads the file through, for its digest.
    ///
    /// - Throws: ``LaminaError`` `inputOutput`.
    public init(_ path: FilePath) throws {
        var digest = MessageDigest(.sha256)
        var size = 0
        try PieceReader(path, pieceSize: 1 << 20).forEach { piece in
            digest.update(piece)
            size += piece.count
        }
        self.path = path
        self.size = size
        self.digest = SHA256Digest(finishing: &digest)
    }

    /// As AWS writes it, in base64.
    public var codeSHA256: String { Data(digest.bytes).base64EncodedString() }

    /// Whether it may come in the request itself.
    public var fitsRequest: Bool { size <= Limits.zippedDirect }

    /// Writes PublishLayerVersion's body, with the zip inside in base64, to a file, and gives the body's digest.
    func writeRequestBody(_ metadata: LayerMetadata, to file: FilePath) throws -> SHA256Digest {
        var digest = MessageDigest(.sha256)
        let output = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        func write(_ bytes: some Sequence<UInt8>) throws {
            try output.writeAll(bytes)
            digest.update(bytes)
        }
        try output.closeAfter {
            try write(Array(#"{"Content":{"ZipFile":""#.utf8))
            // Whole groups of three bytes, so that only the end is padded.
            try PieceReader(path, pieceSize: 3 << 20).forEach { try write(Data($0).base64EncodedData()) }
            let members = try JSONEncoder().encode(metadata).dropFirst()
            try write(Array(#""}"#.utf8) + (members.count > 1 ? [UInt8(ascii: ",")] : []) + members)
        }
        return SHA256Digest(finishing: &digest)
    }
}

/// Reads a file piece by piece.
private struct PieceReader {
    private let path: FilePath
    private let pieceSize: Int

    init(_ path: FilePath, pieceSize: Int) {
        self.path = path
        self.pieceSize = pieceSize
    }

    /// Calls the body with pieces that are full, but for the last.
    func forEach(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
            defer { buffer.deallocate() }
            try file.closeAfter {
                var used = 0
                while true {
                    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[used...]))
                    used += count
                    if used == pieceSize || count == 0 {
                        if used > 0 { try body(UnsafeRawBufferPointer(rebasing: buffer[..<used])) }
                        used = 0
                    }
                    if count == 0 { return }
                }
            }
        } catch let error as Errno {
            throw LaminaError.system(error.rawValue, "cannot read \(path)")
        }
    }
}
