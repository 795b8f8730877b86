import Foundation
import Testing

@testable import LayerBuild

@Suite struct PomFileTests {
    private func pom(_ text: String) -> PomFile? { PomFile(Data("<project>\(text)</project>".utf8)) }

    @Test func licensesAreOneText() {
        #expect(
            pom("<licenses><license><name> MIT </name><url>x</url></license><license><name>EPL</name></license></licenses>")?.license
                == "MIT OR EPL")
        #expect(pom("<organization><name>None</name></organization>")?.license == nil)
    }

    @Test(arguments: [
        ("<parent><artifactId>p</artifactId></parent>", "../pom.xml"), ("<parent><relativePath/></parent>", nil),
        ("<parent><relativePath>../../p</relativePath></parent>", "../../p"), ("", nil),
    ])
    func aParentIsBesideTheFolderUnlessSaidOtherwise(text: String, path: String?) throws {
        let found = try #require(pom(text))
        #expect(found.parentPath == path)
    }

    @Test func whatIsNoXMLOrNestedWithoutEndIsRefused() {
        #expect(PomFile(Data("no".utf8)) == nil)
        #expect(pom(String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100)) == nil)
    }
}
