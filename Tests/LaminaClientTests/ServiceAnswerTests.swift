import Checksum
import Foundation
import HTTPTransfer
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import LaminaClient

@Suite struct ServiceAnswerTests {
    struct Case: Sendable {
        var headers: [String: String] = [:]
        var body: String
        var name: String
        var message: String
    }

    @Test(arguments: [
        Case(
            headers: ["x-amzn-errortype": "ResourceNotFoundException:http://internal.amazon.com/"],
            body: #"{"Type": "User", "Message": "gone"}"#, name: "ResourceNotFoundException", message: "gone"),
        Case(body: #"{"__type": "com.amazonaws#AccessDeniedException", "message": "no"}"#, name: "AccessDeniedException", message: "no"),
        Case(
            body: "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>a &lt;b&gt; &amp;amp;</Message></Error>",
            name: "NoSuchBucket", message: "a <b> &amp;"), Case(body: "<html>", name: "HTTP status 400", message: ""),
        Case(body: "", name: "HTTP status 400", message: ""),
    ])
    func errorsAreReadInEachProtocol(_ test: Case) {
        let error = ServiceError(HTTPAnswer(status: 400, headers: test.headers, body: Array(test.body.utf8)))
        #expect(error.name == test.name)
        #expect(error.message == test.message)
        #expect(error.status == 400)
    }

    @Test func hintsFollowTheServicesWords() {
        let error = LaminaError(
            .accessDenied, "cannot read x", cause: ServiceError(name: "AccessDeniedException", status: 403, message: "no"))
        #expect("\(error.adding(hints: ["a", "b"]))" == "cannot read x: AccessDeniedException: no\n  hint: a\n  hint: b")
        #expect(error.adding(hints: ["a"]).serviceError?.name == "AccessDeniedException")
    }

    @Test func pausesGrowAndEnd() {
        let schedule = RetrySchedule(attempts: 4, base: 100, limit: 300)
        #expect(
            [1, 2, 3, 4].map { schedule.pause(after: $0, random: 1) } == [.milliseconds(100), .milliseconds(200), .milliseconds(300), nil])
        #expect(schedule.pause(after: 1, random: 0) == .milliseconds(50))
    }

    @Test(arguments: [0, 1, 3 << 20, 3 << 20 + 1]) func aPublicationsBodyIsJSONWithTheZipInBase64(_ size: Int) async throws {
        try await withTemporaryFolder { folder in
            let zip = folder.appending("layer.zip")
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try zip.write(bytes)
            let upload = try LayerUpload(zip)
            #expect(upload.size == size)
            #expect(upload.digest == SHA256Digest(of: bytes))
            for metadata in [LayerMetadata(), LayerMetadata(description: "d", compatibleRuntimes: ["python3.13"])] {
                let file = folder.appending("body.json")
                let digest = try upload.writeRequestBody(metadata, to: file)
                let body = try file.read()
                #expect(digest == SHA256Digest(of: body))
                let json = try JSONDecoder().decode(Body.self, from: Data(body))
                #expect(json.Content.ZipFile == Data(bytes))
                #expect(json.Description == metadata.description)
                #expect(json.CompatibleRuntimes == metadata.compatibleRuntimes)
            }
        }
    }

    private struct Body: Decodable {
        struct Zip: Decodable { var ZipFile: Data }
        var Content: Zip
        var Description: String?
        var CompatibleRuntimes: [String]?
    }
}
