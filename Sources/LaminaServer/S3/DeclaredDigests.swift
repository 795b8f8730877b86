import AWSWire
import Checksum
import Foundation
import LambdaModel

/// What a request says of its body: a `Content-MD5`, and one of S3's checksums in a header or a trailer.
struct DeclaredDigests {
    /// In base64; nil where none was sent.
    private let md5: String?
    /// The checksum's algorithm.
    let algorithm: ChecksumHeader?
    /// The checksum's value; nil where it comes in a trailer.
    private let value: String?

    /// - Throws: `APIError` for values that are none: InvalidDigest, InvalidRequest.
    init(_ head: RequestHead) throws {
        md5 = head.header("content-md5")
        if let md5, Data(base64Encoded: md5)?.count != 16 {
            throw S3Error.error("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
        }
        let trailers = Self.trailers(head)
        guard trailers.allSatisfy({ trailer in ChecksumHeader.allCases.contains { $0.name == trailer } }) else {
            throw S3Error.invalidRequest("The value specified in the x-amz-trailer header is not supported")
        }
        let found = ChecksumHeader.allCases.filter { head.header($0.name) != nil || trailers.contains($0.name) }
        guard found.count < 2 else {
            throw S3Error.invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        algorithm = found.first
        value = algorithm.flatMap { head.header($0.name) }
        if let named = head.header("x-amz-sdk-checksum-algorithm") {
            guard let algorithm else {
                throw S3Error.invalidRequest(
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
            }
            guard named.lowercased() == algorithm.rawValue else {
                throw S3Error.invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
            }
        }
        if let algorithm, let value, !algorithm.isValue(value) {
            throw S3Error.invalidRequest("Value for \(algorithm.name) header is invalid.")
        }
    }

    /// The names of the headers that a request announces behind its body.
    static func trailers(_ head: RequestHead) -> [String] {
        (head.headers["x-amz-trailer"] ?? []).flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().trimmingCharacters(in: .whitespaces) }
    }

    /// Whether there is nothing to check.
    var isEmpty: Bool { md5 == nil && algorithm == nil }

    /// - Parameter digest: The body's MD5.
    /// - Throws: `APIError` BadDigest.
    func verify(md5 digest: [UInt8]) throws {
        let calculated = Data(digest).base64EncodedString()
        guard let md5, md5 != calculated else { return }
        throw S3Error.error(
            "BadDigest", 400, "The Content-MD5 you specified did not match what we received.",
            ["ExpectedDigest": md5, "CalculatedDigest": calculated])
    }

    /// - Parameter calculated: The body's checksum of ``algorithm``.
    /// - Throws: `APIError` BadDigest, and others for a trailer that did not come or is none.
    func verify(_ calculated: String, trailers: [String: String]) throws {
        guard let algorithm else { return }
        guard let declared = value ?? trailers[algorithm.name] else { throw S3Error.malformedTrailer }
        guard algorithm.isValue(declared) else {
            throw S3Error.invalidRequest("Value for \(algorithm.name) trailing header is invalid.")
        }
        guard declared == calculated else { throw Self.badDigest(algorithm) }
    }

    static func badDigest(_ algorithm: ChecksumHeader) -> APIError {
        S3Error.error(
            "BadDigest", 400, "The \(algorithm.rawValue.uppercased()) you specified did not match the calculated checksum.")
    }
}

extension S3Service {
    /// A whole body of at most so many bytes, checked against what its sender says of it.
    ///
    /// - Parameter isRequired: Whether he has to say something.
    /// - Throws: `APIError` BadDigest, InvalidRequest.
    func collectVerified(_ request: SignedRequest, limit: Int, isRequired: Bool = false) async throws -> [UInt8] {
        let declared = try DeclaredDigests(request.head)
        guard !isRequired || !declared.isEmpty else {
            throw S3Error.invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
        }
        var body: [UInt8] = []
        let trailers = try await request.body.read { piece in
            guard body.count + piece.count <= limit else { throw S3Error.malformedXML }
            body += piece
        }
        try declared.verify(md5: MessageDigest.hash(body, .md5))
        if let algorithm = declared.algorithm {
            let running = RunningChecksum(algorithm)
            body.withUnsafeBytes { running.update($0) }
            try declared.verify(running.finish(), trailers: trailers)
        }
        return body
    }
}
