import Testing

@testable import HTTPTransfer

struct RefusalTests {
    struct Case: Sendable {
        var body: String
        var words: String
    }

    @Test(arguments: [
        Case(body: #"{"errors":[{"code":"DENIED","message":"no"},{"code":"OTHER"}]}"#, words: ": no; OTHER"),
        Case(body: #"{"details":"incorrect username or password"}"#, words: ": incorrect username or password"),
        Case(body: #"{"errors":[{"message":"a\nb\u001b[31m\u202e"}]}"#, words: ": a b [31m"),
        Case(
            body: #"{"errors":[{"message":"\#(String(repeating: "x", count: 10_000))"}]}"#, words: ": " + String(repeating: "x", count: 300)
        ),
        Case(body: #"{"errors":[]}"#, words: ""), Case(body: #"{"errors":"x"}"#, words: ""), Case(body: "<html>", words: ""),
        Case(body: "", words: ""),
    ])
    func aServicesWordsAreToldInBounds(_ test: Case) {
        let answer = HTTPAnswer(status: 403, headers: [:], body: Array(test.body.utf8))
        #expect(answer.refusal == " answers with status 403" + test.words)
    }

    @Test func whoHasAnsweredIsTold() {
        let answer = HTTPAnswer(status: 403, headers: [:], body: [], otherHost: "storage.example")
        #expect(answer.refusal == " sends on to storage.example, which answers with status 403")
    }

    @Test(arguments: [(200, false), (401, false), (404, false), (429, true), (500, true), (503, true)])
    func whatMayPassIsToldApart(status: Int, isTransient: Bool) {
        #expect(HTTPAnswer(status: status, headers: [:], body: []).isTransient == isTransient)
    }
}
