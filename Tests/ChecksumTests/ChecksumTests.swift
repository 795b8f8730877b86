import Checksum
import Foundation
import Testing

@Suite struct ChecksumTests {
    @Test func digestsAreThoseOfTheStandards() {
        #expect(Hexadecimal.encode(MessageDigest.hash("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hexadecimal.encode(MessageDigest.hash("abc".utf8, .sha1)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Hexadecimal.encode(MessageDigest.hash("abc".utf8, .md5)) == "900150983cd24fb0d6963f7d28e17f72")
    }

    @Test func hmacIsThatOfRFC4231() {
        let code = HMAC.sha256(key: [UInt8](repeating: 0x0b, count: 20), "Hi There".utf8)
        #expect(Hexadecimal.encode(code) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        // RFC 2202
        let first = HMAC.sha1(key: [UInt8](repeating: 0x0b, count: 20), "Hi There".utf8)
        #expect(Hexadecimal.encode(first) == "b617318655057264e28bc0b6fb378c8ef146be00")
    }

    struct Check: Sendable {
        var kind: CyclicRedundancyCheck.Kind
        /// The check value of "123456789".
        var value: String
    }

    @Test(arguments: [
        Check(kind: .crc32, value: "cbf43926"), Check(kind: .crc32c, value: "e3069283"), Check(kind: .crc64nvme, value: "ae8b14860a799888"),
    ])
    func cyclicChecksHaveTheirPublishedCheckValue(_ check: Check) {
        var whole = CyclicRedundancyCheck(check.kind)
        Array("123456789".utf8).withUnsafeBytes { whole.update($0) }
        #expect(Hexadecimal.encode(whole.bytes) == check.value)

        var pieces = CyclicRedundancyCheck(check.kind)
        for piece in ["1234567", "8", "9"] { Array(piece.utf8).withUnsafeBytes { pieces.update($0) } }
        #expect(pieces.bytes == whole.bytes)
    }

    @Test(arguments: [CyclicRedundancyCheck.Kind.crc32, .crc32c, .crc64nvme])
    func aCyclicCheckIsTheSameHoweverTheBytesAreCut(_ kind: CyclicRedundancyCheck.Kind) {
        let data = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var whole = CyclicRedundancyCheck(kind)
        data.withUnsafeBytes { whole.update($0) }
        for cut in [1, 7, 15, 16, 17, 500, 999] {
            var pieces = CyclicRedundancyCheck(kind)
            for piece in [data[..<cut], data[cut...]] { piece.withUnsafeBytes { pieces.update($0) } }
            #expect(pieces.bytes == whole.bytes)
        }
    }

    @Test func hexadecimalGoesBothWaysAndRefusesTheRest() {
        #expect(Hexadecimal.decode("00fFa1") == [0, 255, 161])
        #expect(Hexadecimal.decode("0") == nil)
        #expect(Hexadecimal.decode("zz") == nil)
        #expect(SHA256Digest(hexadecimal: "ab") == nil)
    }

    @Test func comparisonInConstantTimeComparesAllBytes() {
        #expect(equalInConstantTime([1, 2], [1, 2]))
        #expect(!equalInConstantTime([1, 2], [1, 3]))
        #expect(!equalInConstantTime([1, 2], [1, 2, 3]))
    }
}
