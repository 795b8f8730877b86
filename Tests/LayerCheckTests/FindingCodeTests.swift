import Foundation
import LayerCheck
import Testing

@Suite struct FindingCodeTests {
    /// docs/checks.md is what users look codes up in.
    @Test func everyCodeIsInTheDocumentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/checks.md"), encoding: .utf8)
        for code in FindingCode.allCases { #expect(text.contains("| `\(code.rawValue)` | \(code.summary) |"), "\(code.rawValue)") }
    }
}
