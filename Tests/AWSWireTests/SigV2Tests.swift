import AWSWire
import Foundation
import Testing

@Suite struct SigV2Tests {
    static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    static let before = Date(timeIntervalSince1970: 1_175_139_619)

    /// The example of AWS's documentation, "Signing and authenticating REST requests".
    static func head(_ method: String = "GET", path: String = "/photos/puppy.jpg", more: String = "") -> RequestHead {
        RequestHead(
            method: method, path: path,
            query: "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620" + more,
            headers: ["host": ["johnsmith.s3.amazonaws.com"]])
    }

    func verify(_ head: RequestHead, secret: String = secret, now: Date = before) throws {
        try #require(SigV2Signature(head)).verify(head, bucket: "johnsmith", secret: secret, now: now)
    }

    @Test func theDocumentedExampleIsVerified() throws {
        #expect(SigV2Signature(Self.head())?.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        try verify(Self.head())
        // What is no subresource is not signed.
        try verify(Self.head(more: "&other=1"))
    }

    @Test func anotherMethodPathVersionHeaderOrSecretIsRefused() {
        var described = Self.head()
        described.headers["x-amz-meta-who"] = ["me"]
        for head in [Self.head("DELETE"), Self.head(path: "/photos/kitten.jpg"), Self.head(more: "&versionId=null"), described] {
            #expect(throws: SigV4Error.mismatch) { try verify(head) }
        }
        #expect(throws: SigV4Error.mismatch) { try verify(Self.head(), secret: "other") }
    }

    @Test func itEndsAtItsTime() {
        #expect(throws: SigV4Error.expired) { try verify(Self.head(), now: Date(timeIntervalSince1970: 1_175_139_620)) }
    }

    @Test func whatLacksAPartIsNone() {
        for query in ["", "AWSAccessKeyId=x", "AWSAccessKeyId=x&Signature=y", "Signature=y&Expires=1"] {
            #expect(SigV2Signature(RequestHead(method: "GET", path: "/b/k", query: query, headers: [:])) == nil)
        }
    }

    @Test func headersOfTheQueryDoNotReplaceThoseThatWereSent() {
        var head = Self.head(more: "&x-amz-meta-who=me&content-type=text%2Fplain&X-Amz-Date=1")
        head.headers["content-type"] = ["text/html"]
        let merged = head.withHeadersOfQuery.headers
        #expect(merged["x-amz-meta-who"] == ["me"])
        #expect(merged["content-type"] == ["text/html"])
        #expect(merged["x-amz-date"] == nil)
    }
}
