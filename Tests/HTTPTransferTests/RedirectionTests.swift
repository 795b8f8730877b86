import Foundation
import LaminaErrors
import Testing

@testable import HTTPTransfer

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct RedirectionTests {
    private func redirected(_ from: String, to: String) throws -> URLRequest? {
        var (original, next) = (URLRequest(url: try #require(URL(string: from))), URLRequest(url: try #require(URL(string: to))))
        original.setValue("Basic x", forHTTPHeaderField: "Authorization")
        next.setValue("Basic x", forHTTPHeaderField: "Authorization")
        return Transfer(followsRedirections: true).redirected(next, from: original)
    }

    @Test(arguments: ["https://b.example/x", "https://a.example:444/x"])
    func credentialsStayWithTheServiceThatTheyAreFor(target: String) throws {
        let request = try #require(try redirected("https://a.example/x", to: target))
        #expect(request.value(forHTTPHeaderField: "Authorization") == nil)
    }

    @Test func theServiceItselfKeepsThem() throws {
        let request = try #require(try redirected("https://a.example/x", to: "https://a.example/y"))
        #expect(request.value(forHTTPHeaderField: "Authorization") == "Basic x")
    }

    @Test(arguments: ["http://a.example/x", "HTTP://b.example/x", "ftp://a.example/x"])
    func encryptionIsNotGivenUp(target: String) throws { #expect(try redirected("https://a.example/x", to: target) == nil) }

    @Test func whoHasNoneMayBeSentOn() throws { #expect(try redirected("http://a.example/x", to: "http://b.example/x") != nil) }
}
