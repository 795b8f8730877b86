import AWSWire
import Checksum
import Foundation
import LaminaErrors
import TestSupport
import Testing

@Suite struct JSONBlobScannerTests {
    /// Feeds a document in pieces of a size; gives the blob and the rest.
    static func scan(
        _ text: String, path: [String] = ["Content", "ZipFile"], pieces: Int, limit: Int = 1 << 20
    ) throws -> ([UInt8], String, Bool) {
        var scanner = JSONBlobScanner(path: path, limit: limit)
        var blob: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try Array(rest.prefix(pieces)).withUnsafeBytes { try scanner.scan($0) { blob += $0 } }
            rest = rest.dropFirst(pieces)
        }
        let isFound = scanner.isFound
        return (blob, String(decoding: try scanner.finish(), as: UTF8.self), isFound)
    }

    @Test(arguments: [1, 2, 3, 7, 4096]) func theBlobIsDecodedAndTheRestKeptWhateverThePieces(_ pieces: Int) throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let base64 = Data(bytes).base64EncodedString()
        let text = #"{"Description":"a \"ZipFile\": {","Content":{"S3Key":"k","ZipFile":"\#(base64)"},"List":["ZipFile",{"ZipFile":"no"}]}"#
        let (blob, rest, isFound) = try Self.scan(text, pieces: pieces)
        #expect(isFound)
        #expect(blob == bytes)
        #expect(rest == text.replacing(base64, with: ""))
    }

    @Test func onlyTheMemberAtThePathIsTheBlob() throws {
        let text = #"{"ZipFile":"AAAA","Other":{"ZipFile":"AAAA"},"Content":[{"ZipFile":"AAAA"}]}"#
        let (blob, rest, isFound) = try Self.scan(text, pieces: 5)
        #expect(!isFound)
        #expect(blob.isEmpty)
        #expect(rest == text)
    }

    @Test func escapesThatStandForBase64AreUnderstood() throws {
        #expect(try Self.scan(#"{"Content":{"ZipFile":"\/\/\/\/"}}"#, pieces: 1).0 == [255, 255, 255])
        #expect(try Self.scan(#"{"Content":{"ZipFile":"QQ\u003d\u003d"}}"#, pieces: 2).0 == [65])
    }

    @Test(arguments: [
        #"{"Content":{"ZipFile":"A"}}"#, #"{"Content":{"ZipFile":"****"}}"#, #"{"Content":{"ZipFile":"AAAA"#,
        #"{"Content":{"ZipFile":"QQ==QQ=="}}"#,
    ])
    func whatIsNoBase64IsAnError(_ text: String) {
        #expect(throws: LaminaError.self) { try Self.scan(text, pieces: 3) }
    }

    @Test func theRestIsLimited() {
        #expect(throws: LaminaError.self) {
            try Self.scan(#"{"Description":"\#(String(repeating: "x", count: 2000))"}"#, pieces: 100, limit: 1000)
        }
        #expect(throws: LaminaError.self) { try Self.scan(String(repeating: "[", count: 100), pieces: 100) }
    }
}

@Suite struct ChunkedBodyDecoderTests {
    static func decode(_ text: String, pieces: Int) throws -> (String, [String: String]) {
        var decoder = ChunkedBodyDecoder(signatures: nil)
        var data: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try Array(rest.prefix(pieces)).withUnsafeBytes { try decoder.decode($0) { data += $0 } }
            rest = rest.dropFirst(pieces)
        }
        return (String(decoding: data, as: UTF8.self), try decoder.finish())
    }

    @Test(arguments: [1, 2, 5, 1000]) func chunksAreJoinedAndTrailersRead(_ pieces: Int) throws {
        let (data, trailers) = try Self.decode("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", pieces: pieces)
        #expect(data == "hello world")
        #expect(trailers == ["x-amz-checksum-crc32": "AAAAAA=="])
    }

    @Test(arguments: [
        "5\r\nhel", "zz\r\nhello\r\n", "3\r\nhello\r\n0\r\n\r\n", "-1\r\n", "+0\r\n\r\n", "5\r\nhello\r\n", "ffffffffffffffffff\r\n",
        "0\r\n\r\nmore\r\n", "0\r\n\r\nmore", "0\r\n\r\n\r\n\r\n", "0\r\nname:va",
    ])
    func whatDoesNotFollowTheFormatIsAnError(_ text: String) {
        #expect(throws: LaminaError.self) { try Self.decode(text, pieces: 4) }
    }

    @Test(arguments: ["no header", ":no name", "name"]) func aTrailerThatIsNoHeaderIsMalformed(_ line: String) {
        #expect(throws: ChunkedBodyDecoder.MalformedTrailer.self) { try Self.decode("0\r\n\(line)\r\n\r\n", pieces: 3) }
    }

    @Test(arguments: ["x: a b \t\r\n\r\n", "x:a b\n\r\n\r\n", "x:a b\r\n"])
    func trailersAreTrimmedAndEndAsClientsEndThem(_ trailer: String) throws {
        #expect(try Self.decode("0\r\n\(trailer)", pieces: 3).1 == ["x": "a b"])
    }

    @Test func nothingComesBehindTheTrailersSignature() {
        #expect(throws: ChunkedBodyDecoder.MalformedTrailer.self) {
            try Self.decode("0\r\nx-amz-trailer-signature:0\r\nx:a\r\n\r\n", pieces: 9)
        }
    }
}
