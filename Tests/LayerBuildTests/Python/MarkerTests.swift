import LambdaModel
import LaminaErrors
import Testing

@testable import LayerBuild

@Suite struct MarkerTests {
    private func environment(_ runtime: String, _ architecture: Architecture = .x86_64, extras: [String] = []) throws -> MarkerEnvironment {
        let target = try PythonTarget(BuildTarget(runtime: try Runtime(runtime), architecture: architecture))
        return MarkerEnvironment(target, extras: extras, groups: ["dev"])
    }

    @Test(arguments: [
        ("python_version < '3.10'", true), ("python_version >= \"3.10\"", false), ("'3.9' <= python_version", true),
        ("python_full_version == '3.9.*'", true), ("python_full_version < '3.9.2'", false), ("python_version ~= '3.8'", true),
        ("python_version in '3.8, 3.9'", true), ("python_version in '3.90 3.10'", false), ("python_version not in '3.8 3.10'", true),
        ("sys_platform == 'linux'", true), ("sys_platform == 'win32' or os_name == 'posix'", true), ("os_name != 'nt'", true),
        ("platform_machine == 'aarch64' or platform_machine == 'arm64'", true), ("'linux' in sys_platform", true),
        ("platform_system == 'Windows' and python_version < '4'", false), ("implementation_name != 'cpython'", false),
        ("platform_python_implementation != 'PyPy'", true), ("os.name == 'posix'", true), ("python_implementation == 'CPython'", true),
        ("sys_platform == 'win32' or sys_platform == 'linux' and python_version > '3.9'", false),
        ("(sys_platform == 'win32' or sys_platform == 'linux') and python_version <= '3.9'", true),
        ("extra == 'Fast_IO'", true), ("extra == 'other'", false), ("'fast.io' in extras", true), ("'dev' in dependency_groups", true),
        ("'docs' not in dependency_groups", true),
    ])
    func aMarkerHoldsAsOnTheTarget(_ text: String, _ expected: Bool) throws {
        #expect(try Marker(text).holds(in: environment("python3.9", .arm64, extras: ["fast-io"])) == expected)
    }

    @Test(arguments: [
        "", "python_version", "python_version <", "python_version < 3.9'", "(os_name == 'nt'", "os_name == 'nt')", "os_name is 'nt'",
        "os_name == 'nt' and", "os_name not 'nt'", "os_name == 'nt' os_name == 'nt'", "color == 'red'", "extras == extras",
        String(repeating: "(", count: 100_000),
    ])
    func whatIsNoMarkerIsRefused(_ text: String) throws {
        let error = #expect(throws: LaminaError.self) { try Marker(text).holds(in: environment("python3.9")) }
        #expect(error?.code == .corrupt)
    }

    /// The order of PEP 440, least first.
    @Test func versionsHaveTheOrderOfPEP440() throws {
        let texts = [
            "1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456",
            "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456",
            "1.0.15", "1.1.dev1", "1!0.1",
        ]
        let versions = try texts.map { try #require(PythonVersion($0)) }
        for (index, version) in versions.enumerated().dropFirst() { #expect(versions[index - 1] < version, "\(texts[index])") }
    }

    @Test(arguments: [
        ("1.0", "1.0.0"), ("v1.0", "1"), ("1.0alpha1", "1.0a1"), ("1.0-PREVIEW_1", "1.0rc1"), ("1.0-1", "1.0.post1"),
        ("1.0.r4", "1.0.post4"),
        ("1.0.dev", "1.0dev0"), ("1.0+ubuntu-1", "1.0+ubuntu.1"),
    ])
    func spellingsOfAVersionAreEqual(_ left: String, _ right: String) throws {
        let (left, right) = (try #require(PythonVersion(left)), try #require(PythonVersion(right)))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test(arguments: ["", "one", "1.", "1..2", "1.0+", "1.0x", "99999999999999999999"]) func whatIsNoVersionIsNone(_ text: String) {
        #expect(PythonVersion(text) == nil)
    }

    @Test(arguments: [
        (">=3.8, !=3.9.*", "3.10", true), (">=3.8,!=3.9.*", "3.9.5", false), ("~=2.2", "2.9", true), ("~=2.2.0", "2.3", false),
        ("<3.1", "3.1rc1", false), (">1.7", "1.7.post1", false), (">1.7.post1", "1.7.post2", true), ("==1.0", "1.0+local", true),
        ("==1.0+local", "1.0", false), ("==1.1.*", "1.1a1", true), ("", "0", true), ("!=1.0", "1.0.0", false), ("<=1.0", "1.0+x", true),
    ])
    func aSpecifierTakesWhatPEP440Says(_ specifier: String, _ version: String, _ expected: Bool) throws {
        #expect(try #require(VersionSpecifier(specifier)).contains(try #require(PythonVersion(version))) == expected)
    }

    @Test(arguments: ["3.8", ">=", ">=1.*", "~=1", "=>1", ">=one"]) func whatIsNoSpecifierIsNone(_ text: String) {
        #expect(VersionSpecifier(text) == nil)
    }

    @Test(arguments: [
        ("^1.2.3", "1.9", true), ("^1.2.3", "2.0", false), ("^0.2.3", "0.3", false), ("^0.0.3", "0.0.3", true), ("^0.0.3", "0.0.4", false),
        ("^0", "0.9", true), ("~1.2", "1.2.9", true), ("~1.2", "1.3", false), ("~1", "1.9", true), ("1.*", "1.4", true),
        ("1.2", "1.2.0", true),
        ("*", "7", true), (">= 1.0, < 2.0", "1.5", true), (">=1.0 <1.2 || ^3.0", "3.1", true), (">=1.0 <1.2 || ^3.0", "2.0", false),
    ])
    func aConstraintOfPoetryTakesWhatPoetrySays(_ constraint: String, _ version: String, _ expected: Bool) throws {
        #expect(PoetryConstraint(constraint).contains(try #require(PythonVersion(version))) == expected)
    }
}
