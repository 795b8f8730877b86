import LaminaErrors
import Testing

@testable import ContainerImages

struct ImageReferenceTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)

    struct Case: Sendable {
        var text: String
        var full: String
        var endpoint: String
    }

    @Test(arguments: [
        Case(text: "python", full: "docker.io/library/python:latest", endpoint: "registry-1.docker.io"),
        Case(text: "amazon/aws-lambda-python:3.12", full: "docker.io/amazon/aws-lambda-python:3.12", endpoint: "registry-1.docker.io"),
        Case(text: "index.docker.io/python:3", full: "docker.io/library/python:3", endpoint: "registry-1.docker.io"),
        Case(
            text: "public.ecr.aws/lambda/python:3.12", full: "public.ecr.aws/lambda/python:3.12", endpoint: "public.ecr.aws"),
        Case(text: "localhost/x", full: "localhost/x:latest", endpoint: "localhost"),
        Case(text: "localhost:5000/x:y", full: "localhost:5000/x:y", endpoint: "localhost:5000"),
        Case(text: "[::1]:5000/a/b__c/d--e.f", full: "[::1]:5000/a/b__c/d--e.f:latest", endpoint: "[::1]:5000"),
        Case(text: "Registry/x", full: "Registry/x:latest", endpoint: "Registry"),
        Case(text: "x.y/z@\(digest)", full: "x.y/z@\(digest)", endpoint: "x.y"),
        Case(text: "x.y/z:t@\(digest)", full: "x.y/z:t@\(digest)", endpoint: "x.y"),
    ])
    func referencesAreReadAsDockerDoes(_ example: Case) throws {
        let reference = try ImageReference(example.text)
        #expect(reference.description == example.full)
        #expect(reference.endpoint == example.endpoint)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(arguments: [
        "", "/", "x.y/", ":tag", "UPPER", "a//b", "a/../b", "a/.b", "a/b-", "a:", "a:.tag", "a:b:c", "a b", "-x.y/z", "x.y:port/z",
        "x.y/z:\(String(repeating: "t", count: 129))", "x.y/\(String(repeating: "p", count: 255))", "x@", "x@sha256:12", "x@\(digest)0",
        "user@host/x", "https://x.y/z", "x.y/z?query", "x.y/z#part", "a/b\n",
    ])
    func otherTextsAreRefused(_ text: String) {
        #expect { _ = try ImageReference(text) } throws: {
            ($0 as? LaminaError).map { [.invalidArgument, .unsupported].contains($0.code) } ?? false
        }
    }

    @Test(arguments: [
        ("localhost/x", true), ("localhost:5000/x", true), ("127.0.0.1:1/x", true), ("127.9.9.9/x", true), ("[::1]/x", true),
        ("127.0.0.1.example/x", false), ("public.ecr.aws/x", false), ("python", false), ("[::2]/x", false),
    ])
    func aRegistryOfThisMachineIsKnown(_ text: String, _ isLoopback: Bool) throws {
        #expect(try ImageReference(text).isLoopback == isLoopback)
    }
}
