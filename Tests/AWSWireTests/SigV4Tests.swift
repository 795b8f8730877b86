import AWSWire
import Checksum
import Foundation
import TestSupport
import Testing

@Suite struct SigV4Tests {
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    /// 2015-08-30T12:36:00Z, the time of AWS's own test suite.
    static let now = Date(timeIntervalSince1970: 1_440_938_160)

    static func head(signature: String, query: String = "Action=ListUsers&Version=2010-05-08") -> RequestHead {
        RequestHead(
            method: "GET", path: "/", query: query,
            headers: [
                "host": ["iam.amazonaws.com"], "content-type": ["application/x-www-form-urlencoded; charset=utf-8"],
                "x-amz-date": ["20150830T123600Z"],
                "authorization": [
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=\(signature)"
                ],
            ])
    }

    /// The example of AWS's documentation, "Signature Version 4 signing process".
    static let good = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    static let emptyPayload = Hexadecimal.encode(MessageDigest.hash([]))

    @Test func theDocumentedExampleIsVerified() throws {
        let head = Self.head(signature: Self.good)
        let signature = try SigV4Signature(head)
        let verifier = try SigV4Verifier(signature, SigningKey(secret: Self.secret, signature), head: head, now: Self.now)
        try verifier.verify(payload: Self.emptyPayload)
    }

    @Test func aWrongSignatureSecretBodyOrQueryIsRefused() throws {
        func verify(_ head: RequestHead, secret: String = Self.secret, payload: String = Self.emptyPayload) throws {
            let signature = try SigV4Signature(head)
            try SigV4Verifier(signature, SigningKey(secret: secret, signature), head: head, now: Self.now).verify(payload: payload)
        }
        let good = Self.head(signature: Self.good)
        #expect(throws: SigV4Error.mismatch) { try verify(Self.head(signature: String(repeating: "0", count: 64))) }
        #expect(throws: SigV4Error.mismatch) { try verify(good, secret: "other") }
        #expect(throws: SigV4Error.mismatch) { try verify(good, payload: Hexadecimal.encode(MessageDigest.hash("x".utf8))) }
        #expect(throws: SigV4Error.mismatch) { try verify(Self.head(signature: Self.good, query: "Action=DeleteUser&Version=2010-05-08")) }
    }

    @Test(arguments: [-901.0, 901.0]) func aClockMoreThanFifteenMinutesAwayIsRefused(_ offset: Double) throws {
        let head = Self.head(signature: Self.good)
        let error = #expect(throws: SigV4Error.self) {
            let signature = try SigV4Signature(head)
            return try SigV4Verifier(
                signature, SigningKey(secret: Self.secret, signature), head: head, now: Self.now.addingTimeInterval(offset))
        }
        guard case .skewed = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test(arguments: [
        "", "Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256 Credential=x",
        "AWS4-HMAC-SHA256 Credential=K/20150830/r/s, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=K/20150831/r/s/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=K/20150830/r/s/aws4_request, SignedHeaders=date, Signature=0",
    ])
    func aHeaderThatLacksAPartIsIncomplete(_ authorization: String) {
        let head = RequestHead(
            method: "GET", path: "/", query: "", headers: ["authorization": [authorization], "x-amz-date": ["20150830T123600Z"]])
        let error = #expect(throws: SigV4Error.self) { try SigV4Signature(head) }
        guard case .incomplete = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func aRequestWithoutASignatureMissesIt() {
        #expect(throws: SigV4Error.missing) { try SigV4Signature(RequestHead(method: "GET", path: "/", query: "", headers: [:])) }
    }

    @Test func aPresignedURLHoldsUntilItsEndAndNoLonger() throws {
        let url = SigV4Presigner.presignedGet(
            endpoint: "http://127.0.0.1:9", path: "/bucket/a%20key", accessKeyID: "AK",
            key: SigningKey(secret: "s", day: String(SigV4Date.format(Self.now).prefix(8)), region: "us-east-1", service: "s3"),
            region: "us-east-1", service: "s3",
            expires: 600, now: Self.now)
        let query = try #require(url.split(separator: "?").last.map(String.init))
        let head = RequestHead(method: "GET", path: "/bucket/a%20key", query: query, headers: ["host": ["127.0.0.1:9"]])
        let signature = try SigV4Signature(head)
        try SigV4Verifier(signature, SigningKey(secret: "s", signature), head: head, now: Self.now.addingTimeInterval(599)).verify(
            payload: "UNSIGNED-PAYLOAD")
        #expect(throws: SigV4Error.expired) {
            try SigV4Verifier(signature, SigningKey(secret: "s", signature), head: head, now: Self.now.addingTimeInterval(600))
        }
        var other = head
        other.path = "/bucket/another"
        #expect(throws: SigV4Error.mismatch) {
            try SigV4Verifier(signature, SigningKey(secret: "s", signature), head: other, now: Self.now).verify(payload: "UNSIGNED-PAYLOAD")
        }
    }

    @Test(arguments: [("s3", "UNSIGNED-PAYLOAD"), ("lambda", nil), ("sts", nil)])
    func onlyS3TakesAPresignedBodyThatIsNotSigned(_ service: String, _ declared: String?) throws {
        let url = SigV4Presigner.presignedGet(
            endpoint: "http://127.0.0.1:9", path: "/", accessKeyID: "AK",
            key: SigningKey(secret: "s", day: String(SigV4Date.format(Self.now).prefix(8)), region: "us-east-1", service: service),
            region: "us-east-1", service: service,
            expires: 600,
            now: Self.now)
        let query = try #require(url.split(separator: "?").last.map(String.init))
        let head = RequestHead(method: "POST", path: "/", query: query, headers: ["host": ["127.0.0.1:9"]])
        let signature = try SigV4Signature(head)
        let verifier = try SigV4Verifier(signature, SigningKey(secret: "s", signature), head: head, now: Self.now)
        #expect(verifier.declaredPayload == declared)
    }

    @Test func timesAreReadAsFoundationReadsThem() {
        for text in ["20000229T235959Z", "19700101T000000Z", "20261122T144000Z", "21000301T000000Z"] {
            #expect(SigV4Date.parse(text).map(SigV4Date.format) == text)
        }
        #expect(SigV4Date.parse("20261322T144000Z") == nil)
        #expect(SigV4Date.parse("2026-11-22") == nil)
    }
}

extension SigV4Tests {
    @Test func aSignedRequestHasTheDocumentedSignature() {
        var head = Self.head(signature: "")
        head.headers["authorization"] = nil
        let signature = SigV4Signature(
            signing: head, payload: Self.emptyPayload, accessKeyID: "AKIDEXAMPLE", secret: Self.secret, region: "us-east-1",
            service: "iam", timestamp: "20150830T123600Z")
        #expect(signature.authorization == Self.head(signature: Self.good).header("authorization"))
    }
}
