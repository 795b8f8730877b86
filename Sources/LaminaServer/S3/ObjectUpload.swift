import AWSWire
import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Storage

/// Bytes of an object or part on their way to the blob store, checked against every checksum that their sender names.
struct ObjectUpload {
    /// What was stored.
    struct Result {
        var blob: Blob
        /// The MD5, hexadecimal, without quotes.
        var etag: String
        /// `x-amz-checksum-…` headers to give back.
        var checksums: [String: String]
    }

    /// S3's limit for one PUT.
    private static let sizeLimit = 5 << 30

    /// Streams a request's body into a blob.
    ///
    /// - Throws: `APIError` BadDigest, IncompleteBody; `SigV4Error`.
    static func receive(_ request: SignedRequest, into blobs: any BlobStore) async throws -> Result {
        let writer = try blobs.makeWriter()
        defer { writer.abandon() }
        var md5 = MessageDigest(.md5)
        let checksum = ChecksumHeader(request.head).map { RunningChecksum($0) }
        var received = 0
        let trailers: [String: String]
        do {
            trailers = try await request.body.read { bytes in
                received += bytes.count
                guard received <= sizeLimit else { throw S3Error.tooLarge }
                try writer.write(bytes)
                md5.update(bytes)
                checksum?.update(bytes)
            }
        } catch let error as LaminaError where error.code == .corrupt {
            throw S3Error.incompleteBody
        }
        if let declared = request.head.header("x-amz-decoded-content-length"), Int(declared) != received { throw S3Error.incompleteBody }
        let digest = md5.finalize()
        if let declared = request.head.header("content-md5"), Data(base64Encoded: declared) != Data(digest) { throw S3Error.badDigest }
        var checksums: [String: String] = [:]
        if let (name, value) = checksum?.finish() {
            guard let declared = request.head.header(name) ?? trailers[name], declared == value else { throw S3Error.badDigest }
            checksums[name] = value
        }
        return Result(blob: try await writer.commit(), etag: Hexadecimal.encode(digest), checksums: checksums)
    }
}

/// Which of S3's checksums a request carries, in a header or a trailer.
enum ChecksumHeader: String, CaseIterable {
    case crc32, crc32c, crc64nvme, sha1, sha256

    /// The header's name.
    var name: String { "x-amz-checksum-\(rawValue)" }

    init?(_ head: RequestHead) {
        let trailer = head.header("x-amz-trailer")?.lowercased() ?? ""
        guard let found = Self.allCases.first(where: { head.header($0.name) != nil || trailer == $0.name }) else { return nil }
        self = found
    }
}

/// One of S3's checksums over bytes that come in pieces.
final class RunningChecksum {
    private let header: ChecksumHeader
    private var cyclic: CyclicRedundancyCheck?
    private var digest: MessageDigest

    init(_ header: ChecksumHeader) {
        self.header = header
        digest = MessageDigest(header == .sha1 ? .sha1 : .sha256)
        cyclic =
            switch header {
            case .crc32: CyclicRedundancyCheck(.crc32)
            case .crc32c: CyclicRedundancyCheck(.crc32c)
            case .crc64nvme: CyclicRedundancyCheck(.crc64nvme)
            case .sha1, .sha256: nil
            }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        if cyclic != nil { cyclic?.update(bytes) } else { digest.update(bytes) }
    }

    /// The header's name and value. Call once.
    func finish() -> (name: String, value: String) {
        (header.name, Data(cyclic?.bytes ?? digest.finalize()).base64EncodedString())
    }
}
