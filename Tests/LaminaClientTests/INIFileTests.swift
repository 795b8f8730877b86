import LaminaErrors
import Testing

@testable import LaminaClient

@Suite struct INIFileTests {
    @Test func settingsCommentsAndNestedSettingsAreRead() throws {
        let file = try INIFile(
            """
            # a comment
            [default]
            Region = eu-west-1
            s3 =
              addressing_style = path
              ; another comment

              endpoint_url=http://127.0.0.1:9000/?a=b

            [profile x]\r
            aws_access_key_id : AKIA\r
            empty =
            """, name: "config")
        #expect(file.sections.map(\.name) == ["default", "profile x"])
        let first = try #require(file.sections.first).settings
        #expect(first.text("region") == "eu-west-1")
        #expect(first.text("s3", "addressing_style") == "path")
        #expect(first.text("s3", "endpoint_url") == "http://127.0.0.1:9000/?a=b")
        #expect(first.text("s3") == nil)
        let second = try #require(file.sections.last).settings
        #expect(second.text("aws_access_key_id") == "AKIA")
        #expect(second.text("empty") == nil)
    }

    @Test func aSettingOfASectionThatAppearsTwiceIsFound() throws {
        let file = try INIFile("[a]\nx = 1\n[b]\ny = 2\n[a]\nz = 3\n", name: "config")
        #expect(file.sections.map(\.name) == ["a", "b"])
        #expect(file.sections.first?.settings == ["x": .text("1"), "z": .text("3")])
    }

    @Test(arguments: [
        ("x = 1\n", "config: line 1 comes before any [section]"),
        ("[a]\n\nnonsense\n", "config: line 3 is neither a [section] nor NAME = VALUE"),
        ("[a]\ns3 =\n  nonsense\n", "config: line 3 is not NAME = VALUE"),
    ])
    func whatCannotBeUnderstoodIsNamedByItsLine(_ text: String, _ message: String) {
        let error = #expect(throws: LaminaError.self) { try INIFile(text, name: "config") }
        #expect(error?.code == .corrupt)
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ("profile x", ["profile", "x"]), (#"profile "my name""#, ["profile", "my name"]), ("a 'b c' d\\ e", ["a", "b c", "d e"]),
        (#"say "a \"b\" \n""#, ["say", #"a "b" \n"#]), ("  ", []), ("''", [""]),
    ])
    func wordsAreSplitAsAShellSplitsThem(_ text: String, _ words: [String]) { #expect(CommandWords.split(text) == words) }

    @Test(arguments: ["'a", "\"a", "a\\"]) func anOpenQuotationIsNoCommand(_ text: String) { #expect(CommandWords.split(text) == nil) }
}
