import LaminaErrors
import LayerBuild
import SystemPackage
import Testing

@Suite struct BuildSourceTests {
    @Test(arguments: [
        ("tool", "tool", nil), ("./a/b", "./a/b", nil), ("tool=bin", "tool", "bin"), ("dir/=python/lib/", "dir", "python/lib"),
        ("tool=.", "tool", ""), ("tool=./bin", "tool", "bin"), ("a=b=lib", "a=b", "lib"), ("a=b=", "a=b", nil),
    ])
    func theLastEqualsSignParts(text: String, path: String, destination: String?) throws {
        let source = try BuildSource(parsing: text)
        #expect(source.path == FilePath(path))
        #expect(source.destination == destination)
    }

    @Test(arguments: ["=bin", "tool=/opt/bin", "tool=../bin", "tool=bin/../../x"])
    func whatIsNoPlaceOfALayerIsRefused(text: String) {
        #expect { try BuildSource(parsing: text) } throws: { ($0 as? LaminaError)?.code == .invalidArgument }
    }
}
