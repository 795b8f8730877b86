import LambdaModel
import LaminaErrors
import SystemPackage
import TestSupport
import Testing

@testable import LayerBuild

@Suite struct RequirementsFileTests {
    private static let hash = String(repeating: "ab", count: 32)

    @Test func linesAreJoinedAndFilesIncludedOnce() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("requirements.txt").write(
                "# first\nSix_Pack==1.0 \\\n    --hash=sha256:\(Self.hash) # why\n-r more/base.txt\n--constraint=more/base.txt\n")
            try folder.appending("more/base.txt").write("-r ../requirements.txt\nurl @ https://x/y.whl#egg=z\r\n")
            let file = try RequirementsFile(folder.appending("requirements.txt"))
            #expect(file.files.map(\.lastComponent?.string) == ["requirements.txt", "base.txt"])
            #expect(file.lines.compactMap(\.packageName) == ["six-pack", "url"])
            #expect(file.lines.last { $0.packageName == "url" }?.text == "url @ https://x/y.whl#egg=z")
            #expect(try HashPins(file).allowed == ["six-pack": [Self.hash]])
        }
    }

    @Test(arguments: [
        ("./pkg", "pkg"), ("-e pkg", "pkg"), ("--editable ./pkg", "pkg"), ("./pkg[fast]", "pkg"), ("name @ ./pkg", "pkg"),
        ("pkg/a-1.0.whl", "a-1.0.whl"), ("pkg", nil), ("name", nil), ("--index-url https://x", nil), ("git+https://x/y", nil),
    ])
    func aLocalPathIsTold(_ text: String, _ expected: String?) async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("pkg/a-1.0.whl").write("")
            try folder.appending("requirements.txt").write(text + "\n")
            #expect(
                try RequirementsFile(folder.appending("requirements.txt")).localPaths.map(\.lastComponent?.string)
                    == (expected.map { [$0] } ?? []))
        }
    }

    @Test func theKeyChangesWithEverythingIncluded() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("requirements.txt")
            try path.write("-c limits.txt\n./pkg\n")
            try folder.appending("limits.txt").write("six<2\n")
            try folder.appending("pkg/pyproject.toml").write("a = 1\n")
            func key() throws -> String {
                try ResolutionKey(
                    PythonSource(path), PythonTarget(.init(runtime: .init("python3.13"), architecture: .arm64)), BuildSettings(),
                    including: RequirementsFile(path)
                ).text
            }
            let first = try key()
            #expect(try key() == first)
            try folder.appending("limits.txt").write("six<1\n")
            let second = try key()
            #expect(second != first)
            try folder.appending("pkg/pyproject.toml").write("a = 2\n")
            #expect(try key() != second)
        }
    }

    @Test(arguments: [("six --hash=sha256:00\n", LaminaError.Code.corrupt), ("six --hash=md5:00\n", .unsupported)])
    func aHashThatCannotBeComparedIsRefused(_ text: String, _ code: LaminaError.Code) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("requirements.txt")
            try path.write(text)
            #expect(try #require(throws: LaminaError.self) { try HashPins(RequirementsFile(path)) }.code == code)
        }
    }
}
