import AWSWire
import Testing

@Suite struct TextTests {
    @Test func whatXMLCannotHoldIsWrittenAsAReference() {
        #expect(XMLText.element("K", "a\u{1}\r\u{7f}\u{ffff}") == "<K>a&#x1;&#xD;&#x7F;&#xFFFF;</K>")
        #expect(XMLText.element("K", "<a b>\t\n&\"ü\u{1F600}") == "<K>&lt;a b&gt;\t\n&amp;&quot;ü\u{1F600}</K>")
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff", "%c3", "a%00b", "\0"]) func whatIsNoTextIsNotDecoded(_ text: String) {
        #expect(PercentEncoding.decodeText(text) == nil)
        #expect(!QueryItems("a=1&b=\(text)").isText)
    }

    @Test func textIsDecoded() {
        #expect(PercentEncoding.decodeText("a%20b%2F%C3%BC+ü") == "a b/ü+ü")
        #expect(QueryItems("a=1&b=%C3%BC&c").isText)
    }
}
