import Foundation
import LaminaErrors
import Testing

@Suite struct ErrorWordsTests {
    private static func description(of work: () throws -> Void) -> String {
        do {
            try work()
            return "no error"
        } catch {
            return LaminaError(.inputOutput, "it fails", cause: error).description
        }
    }

    @Test func errorsOfFilesAreTheSystemsWords() {
        let missing = Self.description { _ = try Data(contentsOf: URL(filePath: "/nonexistent/file")) }
        #expect(missing == "it fails: No such file or directory")
        let present = Self.description { try FileManager.default.createDirectory(atPath: "/etc/passwd", withIntermediateDirectories: true) }
        #expect(present == "it fails: File exists")
    }

    @Test func errorsOfJSONNameThePlace() {
        let type = Self.description { _ = try JSONDecoder().decode([String: [Int]].self, from: Data(#"{"a": ["x"]}"#.utf8)) }
        #expect(type == "it fails: a.Index 0: Expected to decode Int but found a string instead.")
        struct Named: Decodable { var name: String }
        let key = Self.description { _ = try JSONDecoder().decode([Named].self, from: Data("[{}]".utf8)) }
        #expect(key == "it fails: Index 0: there is no 'name'")
        let text = Self.description { _ = try JSONDecoder().decode([Int].self, from: Data("{".utf8)) }
        #expect(text == "it fails: The given data was not valid JSON.")
    }

    @Test func otherErrorsAreAsTheyDescribeThemselves() {
        let inner = Self.description { throw LaminaError(.corrupt, "a broken part") }
        #expect(inner == "it fails: a broken part")
    }
}
