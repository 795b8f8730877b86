import LambdaModel
import Testing

@Suite struct JSONSyntaxTests {
    @Test(arguments: [
        "{}", "[]", "null", " true ", "0", "-0.5e+10", "1e999", "\"\"", "\"\\u00fC\\n\"", "[1,[2,{\"a\":[]}],\"x\"]",
        "{\"a\" : 1 ,\n\"b\":{}}",
        String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000),
    ])
    func whatIsJSONHasNoFlaw(_ text: String) { #expect(JSONSyntax.flaw(in: Array(text.utf8)) == nil) }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "[,1]", "{,}", "[1 2]", "{\"a\" 1}", "{a:1}", "{\"a\":}", "{'a':1}", "tru", "nan", "01", "1.",
        "-",
        ".5", "1e", "+1", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "[1]]", "{}x", "// c\n1", "[1}", "{\"a\":1]",
        String(repeating: "[", count: 1001) + String(repeating: "]", count: 1001),
    ])
    func whatIsNoJSONHasAFlaw(_ text: String) { #expect(JSONSyntax.flaw(in: Array(text.utf8)) != nil) }

    @Test(arguments: [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func bytesThatAreNoUTF8AreNoJSON(_ bytes: [UInt8]) {
        #expect(JSONSyntax.flaw(in: [0x22] + bytes + [0x22]) == "Invalid UTF-8")
    }

    @Test func theFlawIsNamedWhereItIs() {
        #expect(JSONSyntax.flaw(in: Array("{\"a\":1,}".utf8)) == "Unexpected character '}' (code 125) at byte 7")
        #expect(JSONSyntax.flaw(in: Array("[1".utf8)) == "Unexpected end-of-input")
    }

    @Test(arguments: [("{\"a\":1,}", 7), ("[1", 2), ("[1,\n x]", 5), ("", 0)])
    func theFlawIsBehindWhatIsGood(_ text: String, offset: Int) {
        #expect(JSONSyntax.locateFlaw(in: Array(text.utf8))?.offset == offset)
        #expect(JSONSyntax.locateFlaw(in: Array("{}".utf8)) == nil)
    }
}
