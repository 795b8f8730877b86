import AWSWire
import Foundation
import LaminaErrors
import Testing

/// The example of AWS's documentation, "Transferring payload in multiple chunks": 66,560 times the letter a.
@Suite struct SignedChunkTests {
    static let head = RequestHead(
        method: "PUT", path: "/examplebucket/chunkObject.txt", query: "",
        headers: [
            "host": ["s3.amazonaws.com"], "x-amz-date": ["20130524T000000Z"], "x-amz-storage-class": ["REDUCED_REDUNDANCY"],
            "x-amz-content-sha256": ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], "content-encoding": ["aws-chunked"],
            "x-amz-decoded-content-length": ["66560"], "content-length": ["66824"],
            "authorization": [
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
            ],
        ])

    static func verifier() throws -> SigV4Verifier {
        try SigV4Verifier(
            try SigV4Signature(head),
            SigningKey(
                secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                try SigV4Signature(head)), head: head,
            now: Date(timeIntervalSince1970: 1_369_353_600))
    }

    static func body(letter: String = "a", second: String = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") -> [UInt8] {
        let chunks = [
            (65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"), (1024, second),
            (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
        ]
        let texts = chunks.map { "\(String($0.0, radix: 16));chunk-signature=\($0.1)\r\n\(String(repeating: letter, count: $0.0))\r\n" }
        return Array(texts.joined().utf8)
    }

    static func decode(_ body: [UInt8], hasSignedTrailer: Bool = false) throws -> Int {
        var decoder = ChunkedBodyDecoder(signatures: try verifier().makeChunkVerifier(), hasSignedTrailer: hasSignedTrailer)
        var count = 0
        try body.withUnsafeBytes { try decoder.decode($0) { count += $0.count } }
        _ = try decoder.finish()
        return count
    }

    @Test func theDocumentedExampleIsVerified() throws {
        try Self.verifier().verify(payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
        #expect(try Self.decode(Self.body()) == 66_560)
    }

    @Test func changedBytesAndSignaturesAreRefused() {
        #expect(throws: SigV4Error.mismatch) { try Self.decode(Self.body(letter: "b")) }
        #expect(throws: SigV4Error.mismatch) { try Self.decode(Self.body(second: String(repeating: "0", count: 64))) }
    }

    @Test func anAnnouncedTrailerSignatureMustCome() {
        #expect(throws: SigV4Error.mismatch) { try Self.decode(Self.body(), hasSignedTrailer: true) }
    }
}
