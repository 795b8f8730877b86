import AWSWire
import Checksum
import Foundation
import LambdaModel
import LaminaErrors
import Registry
import Storage

/// A request's JSON, and the zip that came inside it.
struct ZipUpload: Sendable {
    var json: [UInt8]
    /// Nil where the request has no zip of its own.
    var blob: Blob?
}

extension LambdaService {
    /// Reads a request whose JSON has a base64 zip at `path`: the zip goes to the blob store as it comes, memory stays flat.
    func receiveZip(_ request: SignedRequest, path: [String], operation: LambdaOperation) async throws -> ZipUpload {
        if let length = request.head.header("content-length").flatMap({ Int($0) }), length > Limits.requestBody {
            throw APIError.requestTooLarge(operation.name)
        }
        var scanner = JSONBlobScanner(path: path)
        let writer = try registry.blobs.makeWriter(request.pins)
        defer { writer.abandon() }
        var received = 0
        var written = 0
        do {
            _ = try await request.body.read { piece in
                received += piece.count
                guard received <= Limits.requestBody else { throw APIError.requestTooLarge(operation.name) }
                try scanner.scan(piece) { bytes in
                    written += bytes.count
                    guard written <= Limits.zippedDirect else { throw APIError.zippedTooLarge }
                    try writer.write(bytes)
                }
            }
            let hasZip = scanner.isFound
            let json = try scanner.finish()
            return ZipUpload(json: json, blob: hasZip ? try await writer.commit() : nil)
        } catch let error as LaminaError where error.code == .corrupt || error.code == .limitExceeded {
            throw APIError.serialization(error.message)
        }
    }
}

extension CodeLocation {
    /// FunctionCode, LayerVersionContentInput, or UpdateFunctionCodeRequest.
    init(_ input: JSONInput?) throws {
        // Its bytes are elsewhere already; what is no text was not taken for them.
        _ = try input?.string("ZipFile")
        self.init(
            bucket: try input?.string("S3Bucket"), key: try input?.string("S3Key"), version: try input?.string("S3ObjectVersion"),
            storageMode: try input?.string("S3ObjectStorageMode"), imageURI: try input?.string("ImageUri"))
    }
}
